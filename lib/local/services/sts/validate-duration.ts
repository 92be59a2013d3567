import { AwsError } from "../../aws-error.ts";

const SHORTEST_SECONDS = 900;

/** Answers the duration when it is allowed; AWS's words when it is not. */
export function validateDuration(seconds: number, { maximum }: { readonly maximum: number }): number {
  if (seconds < SHORTEST_SECONDS) throw outOfRange(seconds, `greater than or equal to ${SHORTEST_SECONDS}`);
  if (seconds > maximum) throw outOfRange(seconds, `less than or equal to ${maximum}`);
  return seconds;
}

function outOfRange(seconds: number, bound: string): AwsError {
  return new AwsError(
    "ValidationError",
    `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: ` +
      `Member must have value ${bound}`,
  );
}
