import { createHash, randomUUID } from "node:crypto";
import jsonata from "jsonata";
import { evaluationError, InterpreterError } from "../run/states-error.ts";

/** What an expression sees: `$states` and the workflow's variables. */
export interface JsonataScope {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

const LONGEST_MS = 1_000;
const DEEPEST = 300;
const DELIMITED = /^\{%([\s\S]*)%\}$/;

/** Whether a text is an expression: `{% … %}`. */
export function isExpression(value: unknown): value is string {
  return typeof value === "string" && DELIMITED.test(value);
}

/** Replaces every expression in a value, however deep, by what it evaluates to. */
export async function fillJsonata(value: unknown, scope: JsonataScope, field: string): Promise<unknown> {
  if (isExpression(value)) return evaluate(value, scope, field);
  if (Array.isArray(value)) {
    const filled: unknown[] = [];
    for (const [index, item] of value.entries()) filled.push(await fillJsonata(item, scope, `${field}[${index}]`));
    return filled;
  }
  if (typeof value !== "object" || value === null) return value;
  const filled: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    filled[name] = await fillJsonata(item, scope, `${field}/${name}`);
  }
  return filled;
}

async function evaluate(text: string, scope: JsonataScope, field: string): Promise<unknown> {
  const source = DELIMITED.exec(text)![1]!.trim();
  let result: unknown;
  try {
    const expression = jsonata(source);
    bound(expression);
    for (const [name, value] of Object.entries(FUNCTIONS)) expression.assign(name, value);
    result = await expression.evaluate(undefined, { ...scope.variables, states: scope.states });
  } catch (error) {
    throw evaluationError(
      `The JSONata expression '${source}' specified for the field '${field}' threw an error during evaluation. ${describe(error)}`,
      field,
    );
  }
  if (result === undefined) {
    throw evaluationError(
      `The JSONata expression '${source}' specified for the field '${field}' returned nothing (undefined).`,
      field,
    );
  }
  if (typeof result === "function") {
    throw evaluationError(
      `The JSONata expression '${source}' specified for the field '${field}' returned an unsupported result type.`,
      field,
    );
  }
  // The library marks its sequences; what a workflow carries is plain JSON.
  return JSON.parse(JSON.stringify(result)) as unknown;
}

function describe(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return code === undefined ? String(message) : `${code}: ${message}`;
}

/** An expression may take a second, and not more depth than the machine's stack: it is the user's, and may loop. */
function bound(expression: jsonata.Expression): void {
  const endMs = performance.now() + LONGEST_MS;
  let depth = 0;
  const check = () => {
    if (depth > DEEPEST) throw Object.assign(new Error("Stack overflow error."), { code: "U1001" });
    if (performance.now() > endMs) throw Object.assign(new Error("Expression evaluation timeout."), { code: "U1001" });
  };
  expression.assign(Symbol.for("jsonata.__evaluate_entry") as unknown as string, () => {
    depth++;
    check();
  });
  expression.assign(Symbol.for("jsonata.__evaluate_exit") as unknown as string, () => {
    depth--;
    check();
  });
}

/** What Step Functions adds to JSONata (developer guide, "JSONata functions provided by Step Functions"). */
const FUNCTIONS: Readonly<Record<string, unknown>> = {
  partition: (values: unknown[], size: number) =>
    Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
      values.slice(index * size, index * size + size),
    ),
  range: (first: number, last: number, step: number) => rangeOf(first, last, step),
  hash: (value: unknown, algorithm: string) => hashOf(value, algorithm),
  uuid: () => randomUUID(),
  parse: (text: string) => JSON.parse(text) as unknown,
  eval: () => {
    throw Object.assign(new Error("$eval is not supported"), { code: "D3120" });
  },
};

/** Numbers from `first` to `last`, both included. At most 1,000. */
export function rangeOf(first: number, last: number, step: number): number[] {
  if (step === 0) throw new InterpreterError("States.IntrinsicFailure", "The step of a range must not be 0");
  const length = Math.floor((last - first) / step) + 1;
  if (length > 1000) throw new InterpreterError("States.IntrinsicFailure", "A range has at most 1,000 numbers");
  return Array.from({ length: Math.max(0, length) }, (_, index) => first + index * step);
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: "md5",
  "SHA-1": "sha1",
  "SHA-256": "sha256",
  "SHA-384": "sha384",
  "SHA-512": "sha512",
};

/** A hash of a text, or of a value's JSON, in hexadecimal. */
export function hashOf(value: unknown, algorithm: string): string {
  const name = ALGORITHMS[algorithm];
  if (name === undefined) throw new InterpreterError("States.IntrinsicFailure", `Unknown hash algorithm: ${algorithm}`);
  return createHash(name)
    .update(typeof value === "string" ? value : JSON.stringify(value))
    .digest("hex");
}
