import { expect, test } from "vitest";
import { rehearseChanges } from "./random-changes.ts";

const CHANGES = Number(process.env["TIDEGATE_RANDOM_CHANGES"] ?? 60);

test(
  `after each of ${CHANGES} random changes what is live is what is deployed, and the same deploy again does nothing`,
  async () => {
    const seed = Number(process.env["TIDEGATE_RANDOM_SEED"] ?? Date.now() % 1_000_000_000);
    console.log(`seed ${seed}: repeat with TIDEGATE_RANDOM_SEED=${seed}`);
    const { changes, published } = await rehearseChanges(seed, CHANGES);
    expect(changes).toBe(CHANGES);
    expect(published).toBeGreaterThan(0);
  },
  60_000 + CHANGES * 3_000,
);
