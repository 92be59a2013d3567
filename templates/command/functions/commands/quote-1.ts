import type { Command } from "./command.ts";

/** What a parcel costs, in whole euros. Version 1, as the first clients know it. */
export async function handler({ input }: Command) {
  return { price: Math.ceil(3 + input.grams / 400) };
}
