import type { Command } from "./command.ts";

const CURRENCY = "EUR";

/** What a parcel costs. Version 2 returns cents and the currency. */
export async function handler({ input }: Command) {
  return { amount: (3 + input.grams / 400).toFixed(2), currency: CURRENCY };
}
