class CardRefused extends Error {
  override readonly name = "CardRefused";
}

/** Pays for a trip. Stands for a payment service, which is asked with the trip's id, so that it charges once. */
export async function handler({ trip, price }: { readonly trip: string; readonly price: number }) {
  if (price > 5_000) throw new CardRefused(`The card does not cover ${price}.`);
  return { receipt: `receipt-${trip}` };
}
