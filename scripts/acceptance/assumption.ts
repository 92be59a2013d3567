import type { Account } from "./account.ts";
import type { ProbeFunction } from "./probe-function.ts";

/** What an assumption needs to be put to the test. */
export interface Bench {
  readonly account: Account;
  /** The caller's twelve-digit account. */
  readonly accountId: string;
  /** Makes a function with a version and an alias `live` on it. Its name begins with the prefix of the run. */
  makeFunction(name: string): Promise<ProbeFunction>;
  /** ARN of a role that functions and state machines of the run use. */
  readonly roleArn: string;
  /** Asks again until there is an answer. Rejects after `limitMs`, ten minutes by default. */
  until<T>(what: string, look: () => Promise<T | undefined>, limitMs?: number): Promise<T>;
}

/** What AWS answered. */
export interface Answer {
  /** Whether the assumption holds; undefined where the endpoint does not support what the question needs. */
  readonly holds: boolean | undefined;
  /** One sentence for a person. */
  readonly answer: string;
  /** The figures behind it; plain JSON. */
  readonly facts: unknown;
}

/** Something that the release engine must be right about whichever way AWS answers. */
export interface Assumption {
  readonly id: string;
  readonly assumption: string;
  /** What the engine does with it. */
  readonly matters: string;
  ask(bench: Bench): Promise<Answer>;
}
