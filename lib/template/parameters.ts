import { TemplateError } from "./template-error.ts";
import { matchesPattern } from "./matches-pattern.ts";
import type { ParameterDeclaration, Template } from "./template.ts";

/** A parameter's value for one revision of a stack. */
export interface StackParameter {
  readonly key: string;
  /** As given: for an SSM parameter type the name in the parameter store. */
  readonly value: string;
  /** What the parameter store had under that name when the change set was made. */
  readonly resolved?: string;
  readonly noEcho: boolean;
}

/** What AWS shows in place of a secret value. */
const MASK = "****";

/** A parameter as it may be shown. */
export function maskParameter(parameter: StackParameter): StackParameter {
  if (!parameter.noEcho) return parameter;
  return { ...parameter, value: MASK, ...(parameter.resolved !== undefined && { resolved: MASK }) };
}

/** A parameter as a request gives it. */
export interface GivenParameter {
  readonly ParameterKey?: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: boolean;
}

/** Reads values from the parameter store by name; missing names are left out. */
export type FetchSsmParameters = (names: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const LONGEST_VALUE_BYTES = 4096;

const SSM_VALUE = /^AWS::SSM::Parameter::Value<(.+)>$/;

/** The value of every parameter of the template, checked in AWS's words; SSM types looked up. */
export async function settleParameters(
  template: Template,
  given: readonly GivenParameter[],
  previous: readonly StackParameter[],
  fetchSsm: FetchSsmParameters,
): Promise<StackParameter[]> {
  const values = collectGiven(template, given, previous);
  const missing: string[] = [];
  const settled: StackParameter[] = [];
  for (const declaration of template.parameters.values()) {
    const value = values.get(declaration.name) ?? declaration.defaultValue;
    if (value === undefined) missing.push(declaration.name);
    else {
      checkValue(declaration, value);
      settled.push({ key: declaration.name, value, noEcho: declaration.noEcho });
    }
  }
  if (missing.length > 0) throw invalid(`Parameters: [${missing.join(", ")}] must have values`);
  return resolveSsm(template, settled, fetchSsm);
}

/** What `Ref` gives: a list for list types, text otherwise. */
export function parameterRef(declaration: ParameterDeclaration, parameter: StackParameter): string | string[] {
  const value = parameter.resolved ?? parameter.value;
  const type = SSM_VALUE.exec(declaration.type)?.[1] ?? declaration.type;
  const isList = type === "CommaDelimitedList" || type.startsWith("List<");
  return isList ? splitList(value) : value;
}

function splitList(value: string): string[] {
  return value === "" ? [] : value.split(",").map((item) => item.trim());
}

function collectGiven(
  template: Template,
  given: readonly GivenParameter[],
  previous: readonly StackParameter[],
): Map<string, string> {
  const values = new Map<string, string>();
  const unknown: string[] = [];
  for (const { ParameterKey: key = "", ParameterValue: value, UsePreviousValue: usePrevious } of given) {
    if (!template.parameters.has(key)) unknown.push(key);
    else values.set(key, givenValue(key, value, usePrevious === true, previous));
  }
  if (unknown.length > 0) throw invalid(`Parameters: [${unknown.join(", ")}] do not exist in the template`);
  return values;
}

function givenValue(
  key: string,
  value: string | undefined,
  usePrevious: boolean,
  previous: readonly StackParameter[],
): string {
  if (usePrevious && value !== undefined)
    throw invalid(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
    );
  if (usePrevious) return previousValue(key, previous);
  if (value !== undefined) return value;
  throw invalid(`Invalid input for parameter key ${key}. Need to specify either usePreviousValue as true or a value`);
}

function previousValue(key: string, previous: readonly StackParameter[]): string {
  const found = previous.find((parameter) => parameter.key === key);
  if (!found)
    throw invalid(
      `Invalid input for parameter key ${key}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
    );
  return found.value;
}

function checkValue(declaration: ParameterDeclaration, value: string): void {
  const { name, type } = declaration;
  if (Buffer.byteLength(value) > LONGEST_VALUE_BYTES) {
    throw invalid(`Parameter '${name}' has ${Buffer.byteLength(value)} bytes; ${LONGEST_VALUE_BYTES} are allowed.`);
  }
  if (type === "Number") checkNumber(declaration, value);
  else if (type === "List<Number>") {
    for (const item of splitList(value)) {
      if (!isNumber(item)) throw invalid(`Parameter '${name}' must be a list of numbers.`);
    }
  }
  const items = type === "CommaDelimitedList" || type.startsWith("List<") ? splitList(value) : [value];
  if (declaration.allowedValues && !items.every((item) => declaration.allowedValues!.includes(item))) {
    throw unfit(declaration, "must be one of AllowedValues");
  }
  checkLength(declaration, value);
  const { allowedPattern } = declaration;
  if (allowedPattern !== undefined && !matchesPattern(allowedPattern, items, name)) {
    throw unfit(declaration, `must match pattern ${allowedPattern}`);
  }
}

function checkNumber(declaration: ParameterDeclaration, value: string): void {
  if (!isNumber(value)) throw invalid(`Parameter '${declaration.name}' must be a number.`);
  const { minValue, maxValue } = declaration;
  if (minValue !== undefined && Number(value) < minValue)
    throw unfit(declaration, `must be a number not less than ${minValue}`);
  if (maxValue !== undefined && Number(value) > maxValue)
    throw unfit(declaration, `must be a number not greater than ${maxValue}`);
}

function checkLength(declaration: ParameterDeclaration, value: string): void {
  const { minLength, maxLength } = declaration;
  if (minLength !== undefined && value.length < minLength)
    throw unfit(declaration, `must contain at least ${minLength} characters`);
  if (maxLength !== undefined && value.length > maxLength)
    throw unfit(declaration, `must contain at most ${maxLength} characters`);
}

function unfit(declaration: ParameterDeclaration, complaint: string): TemplateError {
  const own = declaration.constraintDescription;
  return invalid(
    own === undefined
      ? `Parameter '${declaration.name}' ${complaint}`
      : `Parameter '${declaration.name}' failed to satisfy constraint: ${own}`,
  );
}

function isNumber(value: string): boolean {
  return value.trim() !== "" && Number.isFinite(Number(value));
}

function invalid(message: string): TemplateError {
  return new TemplateError(message);
}

async function resolveSsm(
  template: Template,
  settled: readonly StackParameter[],
  fetchSsm: FetchSsmParameters,
): Promise<StackParameter[]> {
  const isSsm = (parameter: StackParameter) => SSM_VALUE.test(template.parameters.get(parameter.key)!.type);
  const names = [...new Set(settled.filter(isSsm).map((parameter) => parameter.value))];
  if (names.length === 0) return [...settled];
  const found = await fetchSsm(names);
  const missing = names.filter((name) => !found.has(name));
  if (missing.length > 0) {
    throw invalid(`Unable to fetch parameters [${missing.join(",")}] from parameter store for this account.`);
  }
  return settled.map((parameter) =>
    isSsm(parameter) ? { ...parameter, resolved: found.get(parameter.value)! } : parameter,
  );
}
