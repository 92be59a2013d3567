/**
 * Event patterns, as filters of event sources use them: each key of the pattern must match; a list holds alternatives.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax
 */
export type EventPattern = Readonly<Record<string, unknown>>;

type Test = (value: unknown, operand: unknown) => boolean;

const NUMBERS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "=": (a, b) => a === b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

const OPERATORS = new Map<string, Test>([
  ["exists", (value, operand) => (value !== undefined) === operand],
  ["prefix", (value, operand) => typeof value === "string" && value.startsWith(String(operand))],
  ["suffix", (value, operand) => typeof value === "string" && value.endsWith(String(operand))],
  ["equals-ignore-case", (value, operand) => String(value).toLowerCase() === String(operand).toLowerCase()],
  ["numeric", (value, operand) => typeof value === "number" && matchesNumbers(value, operand as unknown[])],
  ["anything-but", (value, operand) => value !== undefined && !matchesExcluded(value, operand)],
]);

/** Whether the event matches the pattern. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    if (key === "$or") return (wanted as EventPattern[]).some((each) => matchesPattern(each, event));
    const value = isObject(event) && Object.hasOwn(event, key) ? event[key] : undefined;
    if (Array.isArray(wanted)) return matchesAny(wanted, value);
    return matchesPattern(wanted as EventPattern, value);
  });
}

/** Says what is wrong with a pattern, or nothing. */
export function tryFindPatternProblem(pattern: unknown): string | undefined {
  if (!isObject(pattern)) return "a pattern must be an object";
  for (const [key, wanted] of Object.entries(pattern)) {
    const problem = key === "$or" && Array.isArray(wanted) ? firstProblem(wanted) : problemBelow(key, wanted);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function firstProblem(patterns: readonly unknown[]): string | undefined {
  return patterns.map(tryFindPatternProblem).find((problem) => problem !== undefined);
}

function problemBelow(key: string, wanted: unknown): string | undefined {
  if (isObject(wanted)) return tryFindPatternProblem(wanted);
  if (!Array.isArray(wanted) || wanted.length === 0) return `"${key}" must be an object or an array that is not empty`;
  for (const each of wanted as unknown[]) {
    if (!isObject(each)) continue;
    const operators = Object.keys(each);
    if (operators.length !== 1 || !OPERATORS.has(operators[0]!)) return `unknown operator in "${key}"`;
  }
  return undefined;
}

function matchesAny(alternatives: readonly unknown[], value: unknown): boolean {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return alternatives.some((each) => values.some((one) => matchesOne(each, one)));
}

function matchesOne(wanted: unknown, value: unknown): boolean {
  if (!isObject(wanted)) return wanted === value;
  return Object.entries(wanted).every(([operator, operand]) => OPERATORS.get(operator)?.(value, operand) === true);
}

function matchesNumbers(value: number, operand: readonly unknown[]): boolean {
  for (let i = 0; i + 1 < operand.length; i += 2)
    if (NUMBERS[String(operand[i])]?.(value, Number(operand[i + 1])) !== true) return false;
  return true;
}

function matchesExcluded(value: unknown, operand: unknown): boolean {
  const excluded: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  return excluded.some((each) => matchesOne(each, value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
