import type { StatesError } from "./states-error.ts";

/** A task as the execution's history shows it. */
export interface TaskStory {
  /** The request was already sent before a restart. */
  readonly wasSubmitted: boolean;
  submitted(output: unknown): void;
  /** A worker has taken the activity's task. */
  taken(workerName: string | undefined): void;
  succeeded(output: string): void;
  failed(error: StatesError): void;
}
/** History shows values whole. */
export const WHOLE = { truncated: false };

/** A value as history shows it: its JSON, and that it is whole. */
export function dataOf<K extends "input" | "output">(kind: K, value: unknown): Record<string, unknown> {
  return { [kind]: JSON.stringify(value) ?? "null", [`${kind}Details`]: WHOLE };
}
