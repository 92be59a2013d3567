import { randomUUID } from "node:crypto";
import jsonata from "jsonata";
import { hashOf, rangeOf } from "../data/range-and-hash.ts";
import { isExpression, type JsonataScope, sourceOf } from "./expression.ts";
import { parseJson } from "../../../../util/parse-json.ts";

/** An expression that cannot be evaluated: `field` is where it is written, the message what went wrong. */
export class ExpressionError extends Error {
  readonly field: string;

  constructor(source: string, field: string, what: string) {
    super(`The JSONata expression '${source}' specified for the field '${field}' ${what}`);
    this.field = field;
  }
}

/** What a fill is made with. */
export interface Fill {
  readonly scope: JsonataScope;
  /** When the whole value must be filled, by `performance.now()`. */
  readonly endMs: number;
  /** Called before each expression is evaluated. */
  readonly onExpression: (source: string, field: string) => void;
}

const DEEPEST = 300;

/**
 * Replaces every expression in a value, however deep, by what it evaluates to. Throws an `ExpressionError`. Runs what a
 * workflow's author wrote: only in a thread that can be stopped.
 */
export async function fillJsonata(value: unknown, field: string, fill: Fill): Promise<unknown> {
  if (isExpression(value)) return evaluate(sourceOf(value), field, fill);
  if (Array.isArray(value)) {
    const filled: unknown[] = [];
    for (const [index, item] of value.entries()) filled.push(await fillJsonata(item, `${field}[${index}]`, fill));
    return filled;
  }
  if (typeof value !== "object" || value === null) return value;
  const filled: [string, unknown][] = [];
  for (const [name, item] of Object.entries(value)) {
    filled.push([name, await fillJsonata(item, `${field}/${name}`, fill)]);
  }
  return Object.fromEntries(filled);
}

async function evaluate(source: string, field: string, { scope, endMs, onExpression }: Fill): Promise<unknown> {
  onExpression(source, field);
  let result: unknown;
  try {
    const expression = jsonata(source);
    bound(expression, endMs);
    for (const [name, value] of Object.entries(FUNCTIONS)) expression.assign(name, value);
    result = await expression.evaluate(undefined, { ...scope.variables, states: scope.states });
  } catch (error) {
    throw new ExpressionError(source, field, `threw an error during evaluation. ${describe(error)}`);
  }
  if (result === undefined) throw new ExpressionError(source, field, "returned nothing (undefined).");
  if (typeof result === "function") throw new ExpressionError(source, field, "returned an unsupported result type.");
  // The library marks its sequences; what a workflow carries is plain JSON.
  return JSON.parse(JSON.stringify(result));
}

function describe(error: unknown): string {
  if (typeof error !== "object" || error === null || !("message" in error)) return String(error);
  return "code" in error ? `${String(error.code)}: ${String(error.message)}` : String(error.message);
}

/** Ends loops and recursion of the expression's own. What runs inside one function of the library, the thread's limit ends. */
function bound(expression: jsonata.Expression, endMs: number): void {
  let depth = 0;
  const check = () => {
    if (depth > DEEPEST) throw Object.assign(new Error("Stack overflow error."), { code: "U1001" });
    if (performance.now() > endMs) throw Object.assign(new Error("Expression evaluation timeout."), { code: "U1001" });
  };
  // The library's own hooks have symbols for names, which its types leave out.
  const hook = (name: string, run: () => void) =>
    expression.assign(Symbol.for(`jsonata.__evaluate_${name}`) as unknown as string, run);
  hook("entry", () => {
    depth++;
    check();
  });
  hook("exit", () => {
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
  parse: parseJson,
  eval: () => {
    throw Object.assign(new Error("$eval is not supported"), { code: "D3120" });
  },
};
