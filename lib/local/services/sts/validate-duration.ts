import { AwsError } from "../../aws-error.ts";
import { constraintProblem, constraintText, rangeConstraint } from "../../kit/constraint-text.ts";

const MIN_SECONDS = 900;

/** Returns the duration when it is allowed, and refuses it in AWS's words otherwise. */
export function validateDuration(seconds: number, { maximum }: { readonly maximum: number }): number {
  const broken = rangeConstraint("value", seconds, MIN_SECONDS, maximum);
  if (broken === undefined) return seconds;
  throw new AwsError("ValidationError", constraintText(constraintProblem(seconds, "durationSeconds", broken)));
}
