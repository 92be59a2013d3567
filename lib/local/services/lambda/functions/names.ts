import { constraintProblem } from "../../../kit/constraint-text.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { invalid, invalidParameter, notFound } from "../errors.ts";

/** A function as a caller names it: by name, partial ARN or ARN, with a version or an alias or neither. */
export interface FunctionRef {
  readonly region: string;
  readonly account: string;
  readonly name: string;
  /** A version, an alias, or `$LATEST`; undefined when the caller named none. */
  readonly qualifier: string | undefined;
}

const PREFIX = String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?`;
/** The pattern of operations that make or configure a function. */
const STRICT_NAME_PATTERN = `${PREFIX}([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?`;
/** The pattern of operations that read, invoke or delete. */
const LOOSE_NAME_PATTERN = `${PREFIX}([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?`;
const QUALIFIER_PATTERN = String.raw`\$(LATEST(\.PUBLISHED)?)|[a-zA-Z0-9-_$]+`;
const LONGEST_STRICT_NAME = 140;
const LONGEST_LOOSE_NAME = 170;
const LONGEST_QUALIFIER = 128;

const PARTS =
  /^(?:arn:aws[a-zA-Z-]*:lambda:)?(?:([a-z]{2}(?:-[a-z]+)+-\d):)?(?:(\d{12}):)?(?:function:)?([a-zA-Z0-9-_.]+)(?::(.+))?$/;

/** Reads a function's name and qualifier as `CreateFunction` does. */
export function readNewFunctionName(given: string | undefined, context: RequestContext): FunctionRef {
  const name = given ?? "";
  const problems: string[] = [];
  if (name.length > LONGEST_STRICT_NAME)
    problems.push(
      constraintProblem(name, "functionName", `Member must have length less than or equal to ${LONGEST_STRICT_NAME}`),
    );
  if (!matches(name, STRICT_NAME_PATTERN)) problems.push(patternProblem(name, "functionName", STRICT_NAME_PATTERN));
  if (problems.length > 0) throw invalid(problems);
  return checkPlace(split(name, context), context);
}

/** Reads a function's name and qualifier as the other operations do. */
export function readFunctionRef(
  given: string | undefined,
  qualifier: string | undefined,
  context: RequestContext,
): FunctionRef {
  const name = given ?? "";
  const problems = [...qualifierProblems(qualifier), ...nameProblems(name)];
  if (problems.length > 0) throw invalid(problems);
  const ref = checkPlace(split(name, context), context);
  if (qualifier === undefined) return ref;
  if (ref.qualifier !== undefined && ref.qualifier !== qualifier)
    throw invalidParameter("The derived qualifier from the function name does not match the specified qualifier.");
  return { ...ref, qualifier };
}

function nameProblems(name: string): string[] {
  if (name.length > LONGEST_LOOSE_NAME && matches(name, LOOSE_NAME_PATTERN))
    return [
      constraintProblem(name, "functionName", `Member must have length less than or equal to ${LONGEST_LOOSE_NAME}`),
    ];
  return matches(name, LOOSE_NAME_PATTERN) ? [] : [patternProblem(name, "functionName", LOOSE_NAME_PATTERN)];
}

function qualifierProblems(qualifier: string | undefined): string[] {
  if (qualifier === undefined) return [];
  if (qualifier.length > LONGEST_QUALIFIER)
    return [
      constraintProblem(qualifier, "qualifier", `Member must have length less than or equal to ${LONGEST_QUALIFIER}`),
    ];
  return matches(qualifier, QUALIFIER_PATTERN) ? [] : [patternProblem(qualifier, "qualifier", QUALIFIER_PATTERN)];
}

function checkPlace(ref: FunctionRef, context: RequestContext): FunctionRef {
  if (ref.region !== context.region)
    throw notFound(`Functions from '${ref.region}' are not reachable in this region ('${context.region}')`);
  if (ref.account !== context.account)
    throw new AwsError("AccessDeniedException", `The function ${functionArn(ref)} belongs to another account.`, {
      statusCode: 403,
    });
  return ref;
}

function split(name: string, context: RequestContext): FunctionRef {
  const [, region = context.region, account = context.account, functionName = name, qualifier] = PARTS.exec(name) ?? [];
  return { region, account, name: functionName, qualifier };
}

const compiled = new Map<string, RegExp>();

/** Whether the whole of `value` matches one of AWS's patterns. */
export function matches(value: string, pattern: string): boolean {
  let expression = compiled.get(pattern);
  if (expression === undefined) {
    expression = new RegExp(`^(?:${pattern})$`);
    compiled.set(pattern, expression);
  }
  return expression.test(value);
}

/** The refusal of a value that does not match. */
export function patternProblem(value: string, member: string, pattern: string): string {
  return constraintProblem(value, member, `Member must satisfy regular expression pattern: ${pattern}`);
}

/** The function's ARN, with the qualifier where there is one. */
export function functionArn(ref: FunctionRef, qualifier = ref.qualifier): string {
  const arn = `arn:aws:lambda:${ref.region}:${ref.account}:function:${ref.name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}

/** The function's own ARN, with any qualifier in the reference. */
export function unqualifiedArn(ref: FunctionRef): string {
  return functionArn({ ...ref, qualifier: undefined });
}

/** Whether the qualifier can only be a version's number. */
export function isVersionNumber(qualifier: string): boolean {
  return /^\d+$/.test(qualifier);
}
