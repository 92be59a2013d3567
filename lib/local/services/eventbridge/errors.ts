import { EventPatternError } from "../../../util/event-pattern/pattern-error.ts";
import { EventPattern } from "../../../util/event-pattern/event-pattern.ts";
import { AwsError } from "../../aws-error.ts";

const refusal = (code: string) => (message: string) => new AwsError(code, message, { statusCode: 400 });

export const invalid = refusal("ValidationException");
export const notFound = refusal("ResourceNotFoundException");
export const alreadyExists = refusal("ResourceAlreadyExistsException");
export const limitExceeded = refusal("LimitExceededException");
export const illegalStatus = refusal("IllegalStatusException");

export function notCarried(what: string, instead: string): AwsError {
  return new AwsError("NotImplemented", `The local cloud does not carry ${what}. ${instead}`, { statusCode: 501 });
}

/** Reads a pattern, or refuses it with AWS's words. */
export function requirePattern(text: string): EventPattern {
  try {
    return new EventPattern(text);
  } catch (error) {
    if (!(error instanceof EventPatternError)) throw error;
    throw new AwsError("InvalidEventPatternException", `Event pattern is not valid. Reason: ${error.message}`, {
      statusCode: 400,
    });
  }
}

/** What a member must be. Problems are told together, as AWS does. */
export interface Rule {
  readonly member: string;
  readonly value: string | undefined;
  readonly pattern?: string;
  readonly longest?: number;
  readonly oneOf?: readonly string[];
  readonly isRequired?: boolean;
}

export const NAME_PATTERN = String.raw`[\.\-_A-Za-z0-9]+`;

/** Refuses input that breaks rules. */
export function requireValid(...rules: readonly Rule[]): void {
  const problems = rules.flatMap(problemsOf);
  if (problems.length === 0) return;
  const count = `${problems.length} validation error${problems.length === 1 ? "" : "s"} detected`;
  throw invalid(`${count}: ${problems.join("; ")}`);
}

function problemsOf({ member, value, pattern, longest, oneOf, isRequired }: Rule): string[] {
  const at = (given: string, constraint: string) =>
    `Value ${given} at '${member}' failed to satisfy constraint: ${constraint}`;
  if (value === undefined) return isRequired ? [at("null", "Member must not be null")] : [];
  const problems: string[] = [];
  if (isRequired && value === "") problems.push(at("''", "Member must have length greater than or equal to 1"));
  if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value))
    problems.push(at(`'${value}'`, `Member must satisfy regular expression pattern: ${pattern}`));
  if (longest !== undefined && value.length > longest)
    problems.push(at(`'${value}'`, `Member must have length less than or equal to ${longest}`));
  if (oneOf !== undefined && !oneOf.includes(value))
    problems.push(at(`'${value}'`, `Member must satisfy enum value set: [${oneOf.join(", ")}]`));
  return problems;
}
