class CardRefused extends Error {
  override readonly name = "CardRefused";
}

/**
 * Pays for a trip. A placeholder for a payment service, which receives the trip's id as an idempotency key and charges
 * once.
 */
export async function handler({ trip, price }: { readonly trip: string; readonly price: number }) {
  if (price > 5_000) throw new CardRefused(`The card does not cover ${price}.`);
  return { receipt: `receipt-${trip}` };
}
