import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message);

export const invalid = refusal("ValidationException");
export const notFound = refusal("ResourceNotFoundException");
export const conflict = refusal("ConflictException");

export function notCarried(what: string, instead: string): AwsError {
  return new AwsError("NotImplemented", `The local cloud does not carry ${what}. ${instead}`, { statusCode: 501 });
}

/** What a member must be. Problems are told together, as AWS does. */
export interface Constraint {
  readonly member: string;
  readonly value: string | number | undefined;
  readonly pattern?: string;
  readonly oneOf?: readonly string[];
  /** Of a text's length, or of a number. */
  readonly least?: number;
  readonly most?: number;
  readonly isRequired?: boolean;
}

/** Refuses input that breaks constraints. */
export function requireValid(...constraints: readonly Constraint[]): void {
  const problems = constraints.flatMap(problemsOf);
  if (problems.length === 0) return;
  const count = `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected`;
  throw invalid(`${count}: ${problems.join("; ")}`);
}

function problemsOf({ member, value, pattern, oneOf, least, most, isRequired }: Constraint): string[] {
  const at = (given: string, constraint: string) =>
    `Value ${given} at '${member}' failed to satisfy constraint: ${constraint}`;
  if (value === undefined) return isRequired ? [at("null", "Member must not be null")] : [];
  const given = `'${value}'`;
  const size = typeof value === "number" ? value : value.length;
  const sized = typeof value === "number" ? "have value" : "have length";
  const problems: string[] = [];
  if (pattern !== undefined && !new RegExp(pattern).test(String(value)))
    problems.push(at(given, `Member must satisfy regular expression pattern: ${pattern}`));
  if (least !== undefined && size < least)
    problems.push(at(given, `Member must ${sized} greater than or equal to ${least}`));
  if (most !== undefined && size > most) problems.push(at(given, `Member must ${sized} less than or equal to ${most}`));
  if (oneOf !== undefined && !oneOf.includes(String(value)))
    problems.push(at(given, `Member must satisfy enum value set: [${oneOf.join(", ")}]`));
  return problems;
}
