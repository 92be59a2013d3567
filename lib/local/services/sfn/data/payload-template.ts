import { InterpreterError, runtimeError } from "../run/states-error.ts";
import { evaluateIntrinsic, isIntrinsic } from "./intrinsic-functions.ts";
import { explainMissing, readPath } from "./json-path.ts";

/** What a JSONPath sees: `$` is the input, `$$` the context object, `$name` a variable. */
export interface PathScope {
  readonly input: unknown;
  readonly context: unknown;
  readonly variables: Readonly<Record<string, unknown>>;
}

const VARIABLE = /^\$([A-Za-z_][A-Za-z0-9_]*)(.*)$/s;

/** Fills a payload template: each field whose name ends in `.$` is a path or an intrinsic function. */
export function fillTemplate(template: unknown, scope: PathScope): unknown {
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, scope));
  if (typeof template !== "object" || template === null) return template;
  const filled: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(template)) {
    if (name.endsWith(".$") && typeof value === "string") filled[name.slice(0, -2)] = readValue(value, scope, name);
    else filled[name] = fillTemplate(value, scope);
  }
  return filled;
}

/** The value of a path or an intrinsic function. The error names `field` where there is no value. */
export function readValue(text: string, scope: PathScope, field: string): unknown {
  if (isIntrinsic(text)) return evaluateIntrinsic(text, (path) => readValue(path, scope, field));
  const found = tryReadValue(text, scope);
  if (found !== undefined) return found.value;
  const input = JSON.stringify(scope.input);
  throw new InterpreterError(
    "States.ParameterPathFailure",
    `The JSONPath '${text}' specified for the field '${field}' could not be found in the input '${input}'`,
  );
}

/** As `readValue`, with nothing for a path that leads nowhere. */
export function tryReadValue(path: string, { input, context, variables }: PathScope): { value: unknown } | undefined {
  if (path.startsWith("$$")) return readPath(path.slice(1), context);
  const variable = VARIABLE.exec(path);
  if (variable === null) return readPath(path, input);
  const [, name, rest] = variable;
  if (!Object.hasOwn(variables, name!)) return undefined;
  return readPath(`$${rest}`, variables[name!]);
}

/** `InputPath` and `OutputPath`: null means an empty object. */
export function selectPath(path: string | null | undefined, scope: PathScope): unknown {
  if (path === null) return {};
  if (path === undefined || path === "$") return scope.input;
  const found = tryReadValue(path, scope);
  if (found === undefined) throw missingPath(path, scope);
  return found.value;
}

/** AWS's complaint about a path that leads nowhere. */
export function missingPath(path: string, { input }: PathScope): InterpreterError {
  return runtimeError(`Invalid path '${path}' : ${explainMissing(path, input)}`);
}
