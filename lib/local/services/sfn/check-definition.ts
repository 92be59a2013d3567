import type { StateMachineType } from "@aws-sdk/client-sfn";
import { AwsError } from "../../aws-error.ts";
import { checkExpression } from "./data/check-expression.ts";
import { type AslProblem, findAslProblems } from "../../../util/asl/find-problems.ts";
import { parseJson } from "../../../util/parse-json.ts";

const LARGEST_BYTES = 1_048_576;

/** Refuses a definition that could not run, in Step Functions' words. */
export function checkDefinition(definition: string, type: StateMachineType): void {
  const [problem] = problemsOf(definition, type);
  if (problem === undefined) return;
  const { code, message, location } = problem;
  const where = location === undefined ? "" : ` at ${location}`;
  throw new AwsError("InvalidDefinition", `Invalid State Machine Definition: '${code}: ${message.trimEnd()}${where}'`);
}

/** All problems of a definition; without a place when it is not a JSON object at all. */
export function problemsOf(
  definition: string,
  type: StateMachineType,
): (Omit<AslProblem, "location"> & { location?: string })[] {
  if (Buffer.byteLength(definition) > LARGEST_BYTES) {
    return [{ code: "SCHEMA_VALIDATION_FAILED", message: `A definition has at most ${LARGEST_BYTES} bytes` }];
  }
  let parsed: unknown;
  try {
    parsed = parseJson(definition);
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== "object" || parsed === null) {
    return [{ code: "SCHEMA_VALIDATION_FAILED", message: "Definition must be a valid JSON object" }];
  }
  return findAslProblems(parsed, type === "EXPRESS" ? "EXPRESS" : "STANDARD", checkExpression);
}
