import { randomNumbers } from "../../../release/random-choice.ts";

/** A seeded source of choices: the same seed makes the same requests. */
export class Random {
  /** At least 0, less than 1. */
  readonly fraction: () => number;

  constructor(seed: number) {
    this.fraction = randomNumbers(seed);
  }

  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  happens(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(values: readonly [T, ...T[]]): T {
    return values[this.below(values.length)] ?? values[0];
  }
}
