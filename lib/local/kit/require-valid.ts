import { RequestChecks } from "./request-checks.ts";

/** What one member of a request must be. */
export interface Constraint {
  /** The path as AWS writes it, for example `name` or `targets.1.member.id`. */
  readonly member: string;
  readonly value: string | number | undefined;
  /** @default false */
  readonly isRequired?: boolean;
  /** Of a text's length, or of a number. @default - no minimum */
  readonly min?: number;
  /** Of a text's length, or of a number. @default - no maximum */
  readonly max?: number;
  /** A regular expression for the whole text. @default - any text */
  readonly pattern?: string;
  /** @default - any value */
  readonly oneOf?: readonly string[];
}

/** Refuses a request with every constraint that it breaks, in one `ValidationException` in AWS's words. */
export function requireValid(...constraints: readonly Constraint[]): void {
  const checks = new RequestChecks();
  for (const { member, value, isRequired, min = 0, max, pattern, oneOf } of constraints) {
    if (isRequired) checks.required(member, value);
    const text = value === undefined ? undefined : String(value);
    if (pattern !== undefined) checks.pattern(member, text, new RegExp(pattern));
    if (typeof value === "number") checks.range(member, value, min, max);
    else checks.length(member, value, min, max);
    if (oneOf !== undefined) checks.oneOf(member, text, oneOf);
  }
  checks.done();
}
