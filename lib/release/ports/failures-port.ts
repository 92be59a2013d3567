import type { AliasTarget } from "../model.ts";

/** One failed call of a version, from its log. */
export interface Failure {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly requestId?: string;
  /** `TypeError`, or `Status 500` for a request that was answered so. */
  readonly type: string;
  readonly message: string;
  /** Lines of the stack; by the sources, where the package has a source map that Node.js uses. */
  readonly stack: readonly string[];
}

/** The failures that a version logged. Throws when the log could not be read. */
export interface FailuresPort {
  read(query: {
    readonly target: AliasTarget;
    readonly version: string;
    readonly from: number;
    readonly to: number;
    /** The first ones, at most as many. */
    readonly limit: number;
  }): Promise<readonly Failure[]>;
}
