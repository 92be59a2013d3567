import { Token } from "aws-cdk-lib";
import type { FunctionProps } from "./function-props.ts";
import { brokenRules, type Rule } from "./problems.ts";

const MAX_NAME_LENGTH = 64;
const MAX_ALIAS_LENGTH = 128;
const MAX_ENVIRONMENT_BYTES = 4_096;
const MAX_LAYERS = 5;
const MAX_TIMEOUT_SECONDS = 900;
const MEMORY = { min: 128, max: 10_240 };

/** Limits of Lambda. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html and the API's patterns. */
const RULES: readonly Rule<FunctionProps>[] = [
  {
    when: ({ entry, code }) => (entry === undefined) === (code === undefined),
    message: ({ entry }) =>
      entry === undefined
        ? "entry: no code. Give 'entry' (a file to package) or 'code' (ready-made)."
        : "entry: both 'entry' and 'code' were given. Give one of them.",
  },
  {
    when: ({ entry, runtime }) => entry !== undefined && runtime !== undefined && !runtime.name.startsWith("nodejs"),
    message: ({ runtime }) =>
      `runtime: '${runtime?.name}' cannot run an 'entry' file, which is packaged for Node.js. Give 'code'.`,
  },
  {
    when: ({ entry, handler }) =>
      entry !== undefined && handler !== undefined && !/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(handler),
    message: ({ handler }) =>
      `handler: '${handler}' is not the name of an export. Give a JavaScript identifier such as 'handler'; the file goes into 'entry'.`,
  },
  {
    when: ({ code, handler }) => code !== undefined && handler !== undefined && handler.split(/[/\\]/).includes(".."),
    message: ({ handler }) => `handler: '${handler}' leads out of the package. Name a file inside of it.`,
  },
  {
    when: ({ functionName }) =>
      isKnown(functionName) && !new RegExp(`^[\\w-]{1,${MAX_NAME_LENGTH}}$`).test(functionName),
    message: ({ functionName = "" }) =>
      `functionName: '${functionName}' has ${functionName.length} characters. Lambda takes 1 to ${MAX_NAME_LENGTH} of a-z, A-Z, 0-9, '-' and '_'.`,
  },
  {
    when: ({ aliasName }) =>
      isKnown(aliasName) && !new RegExp(`^(?!\\d+$)[\\w-]{1,${MAX_ALIAS_LENGTH}}$`).test(aliasName),
    message: ({ aliasName }) =>
      `aliasName: '${aliasName}'. Lambda takes 1 to ${MAX_ALIAS_LENGTH} of a-z, A-Z, 0-9, '-' and '_', not all of them digits.`,
  },
  {
    when: ({ memorySize }) => isKnown(memorySize) && !isWhole(memorySize, MEMORY.min, MEMORY.max),
    message: ({ memorySize }) =>
      `memorySize: ${memorySize}. Lambda takes whole MiB from ${MEMORY.min} to ${MEMORY.max}.`,
  },
  {
    when: ({ timeout }) =>
      timeout !== undefined &&
      !timeout.isUnresolved() &&
      !isWhole(timeout.toSeconds({ integral: false }), 1, MAX_TIMEOUT_SECONDS),
    message: ({ timeout }) =>
      `timeout: ${timeout?.toHumanString()}. Lambda takes whole seconds from 1 to ${MAX_TIMEOUT_SECONDS} (15 minutes).`,
  },
  {
    when: ({ layers }) => (layers?.length ?? 0) > MAX_LAYERS,
    message: ({ layers }) => `layers: ${layers?.length} were given. Lambda takes ${MAX_LAYERS} at most.`,
  },
  {
    when: ({ provisionedConcurrentExecutions }) =>
      isKnown(provisionedConcurrentExecutions) && !isWhole(provisionedConcurrentExecutions, 1, Infinity),
    message: ({ provisionedConcurrentExecutions }) =>
      `provisionedConcurrentExecutions: ${provisionedConcurrentExecutions}. Give a whole number from 1 on.`,
  },
  {
    when: ({ logGroup, logRetention, logRemovalPolicy }) =>
      logGroup !== undefined && (logRetention !== undefined || logRemovalPolicy !== undefined),
    message: () => "logRetention, logRemovalPolicy: 'logGroup' has its own. Leave them out, or leave out 'logGroup'.",
  },
  {
    when: ({ retryAttempts }) => isKnown(retryAttempts) && !isWhole(retryAttempts, 0, 2),
    message: ({ retryAttempts }) => `retryAttempts: ${retryAttempts}. Lambda takes 0, 1 or 2.`,
  },
  {
    when: ({ maxEventAge: age }) =>
      age !== undefined && !age.isUnresolved() && !isWhole(age.toSeconds({ integral: false }), 60, 21_600),
    message: ({ maxEventAge }) =>
      `maxEventAge: ${maxEventAge?.toHumanString()}. Lambda takes whole seconds from 1 minute to 6 hours.`,
  },
];

/** What is wrong with a function's properties. */
export function functionProblems(props: FunctionProps): string[] {
  return brokenRules(props, RULES);
}

/** What is wrong with an environment. Messages have names and sizes, never values. */
export function environmentProblems(variables: ReadonlyMap<string, unknown>): string[] {
  return [...nameProblems([...variables.keys()]), ...typeProblems(variables), ...sizeProblems(variables)];
}

/** The pattern of the resource type's schema: a single letter is not a name. */
function nameProblems(names: readonly string[]): string[] {
  const wrong = names.filter((name) => !/^[a-zA-Z]\w+$/.test(name));
  if (wrong.length === 0) return [];
  const listed = wrong.map((name) => `'${name}'`).join(", ");
  return [`environment: ${listed}. Lambda takes names of two or more letters, digits and '_', the first a letter.`];
}

/** A reference is an object by now. */
function typeProblems(variables: ReadonlyMap<string, unknown>): string[] {
  return [...variables]
    .filter(([, value]) => typeof value === "number" || typeof value === "boolean")
    .map(([name, value]) => `environment.${name}: is a ${typeof value}. Lambda takes text: write String(…) or quotes.`);
}

/** Values that are only known when deployed do not count. */
function sizeProblems(variables: ReadonlyMap<string, unknown>): string[] {
  const sizes = [...variables]
    .filter((entry): entry is [string, string] => typeof entry[1] === "string" && !Token.isUnresolved(entry[1]))
    .map(([name, value]) => ({ name, bytes: Buffer.byteLength(name) + Buffer.byteLength(value) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total <= MAX_ENVIRONMENT_BYTES) return [];
  const listed = sizes.sort((a, b) => b.bytes - a.bytes).map(({ name, bytes }) => `${name} (${bytes})`);
  return [
    `environment: ${total} bytes; Lambda takes ${MAX_ENVIRONMENT_BYTES} over all names and values. ` +
      `The largest: ${listed.slice(0, 10).join(", ")}. Move large values into a parameter, a secret or a file.`,
  ];
}

function isKnown<T extends string | number>(value: T | undefined): value is T {
  return value !== undefined && !Token.isUnresolved(value);
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
