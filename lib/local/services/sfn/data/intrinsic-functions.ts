import { randomInt, randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { InterpreterError } from "../run/states-error.ts";
import { hashOf, rangeOf } from "./range-and-hash.ts";
import { parseJson } from "../../../../util/parse-json.ts";

/** Evaluates `States.Format('{}', $.name)` and similar functions; `read` returns the value of a path in it. */
export function evaluateIntrinsic(text: string, read: (path: string) => unknown): unknown {
  const parser = new IntrinsicParser(text, read);
  const value = parser.call();
  parser.end();
  return value;
}

/** Whether a text calls an intrinsic function. */
export function isIntrinsic(text: string): boolean {
  return text.startsWith("States.");
}

const MOST_NESTED = 10;

class IntrinsicParser {
  readonly #text: string;
  readonly #read: (path: string) => unknown;
  #at = 0;
  #depth = 0;

  constructor(text: string, read: (path: string) => unknown) {
    this.#text = text;
    this.#read = read;
  }

  call(): unknown {
    if (++this.#depth > MOST_NESTED) throw failure(`Intrinsic functions are nested more than ${MOST_NESTED} deep`);
    const name = this.#take(/States\.[A-Za-z0-9]+/y, "the name of an intrinsic function");
    this.#take(/\s*\(\s*/y, "'('");
    const given: unknown[] = [];
    if (!this.#tryTake(/\)/y)) {
      do given.push(this.#argument());
      while (this.#tryTake(/\s*,\s*/y) !== undefined);
      this.#take(/\s*\)/y, "')'");
    }
    this.#depth--;
    const run = FUNCTIONS[name];
    if (run === undefined) throw failure(`The intrinsic function ${name} does not exist`);
    return run(given, name);
  }

  end(): void {
    this.#take(/\s*$/y, "the end");
  }

  #argument(): unknown {
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith("States.")) return this.call();
    if (rest.startsWith("$")) return this.#read(this.#path());
    if (rest.startsWith("'")) return this.#quoted();
    const literal = this.#tryTake(/true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (literal === undefined) throw failure(`Expected an argument at position ${this.#at} of ${this.#text}`);
    return JSON.parse(literal) as unknown;
  }

  /** A path ends where its brackets are closed and a comma or parenthesis follows. */
  #path(): string {
    const start = this.#at;
    for (let depth = 0; this.#at < this.#text.length; this.#at++) {
      const sign = this.#text[this.#at]!;
      if (sign === "[" || sign === "(") depth++;
      if (depth === 0 && (sign === "," || sign === ")")) break;
      if (sign === "]" || sign === ")") depth--;
    }
    return this.#text.slice(start, this.#at).trim();
  }

  #quoted(): string {
    const text = this.#take(/'(?:[^'\\]|\\.)*'/y, "a quoted text");
    return text.slice(1, -1).replaceAll(/\\(.)/g, (whole, sign: string) => ("'\\".includes(sign) ? sign : whole));
  }

  #take(pattern: RegExp, what: string): string {
    const found = this.#tryTake(pattern);
    if (found === undefined) throw failure(`Expected ${what} at position ${this.#at} of ${this.#text}`);
    return found;
  }

  #tryTake(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }
}

type Intrinsic = (given: readonly unknown[], name: string) => unknown;

/** https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html */
const FUNCTIONS: Readonly<Record<string, Intrinsic>> = {
  "States.Format": ([template, ...values]) => format(text(template), values),
  "States.StringToJson": ([value]) => parse(text(value)),
  "States.JsonToString": ([value]) => JSON.stringify(value),
  "States.Array": (values) => [...values],
  "States.ArrayPartition": ([values, size]) => partition(array(values), integer(size)),
  "States.ArrayContains": ([values, wanted]) => array(values).some((value) => isDeepStrictEqual(value, wanted)),
  "States.ArrayRange": ([first, last, step]) => rangeOf(integer(first), integer(last), integer(step)),
  "States.ArrayGetItem": ([values, index]) => item(array(values), integer(index)),
  "States.ArrayLength": ([values]) => array(values).length,
  "States.ArrayUnique": ([values]) => unique(array(values)),
  "States.Base64Encode": ([value]) => Buffer.from(text(value), "utf8").toString("base64"),
  "States.Base64Decode": ([value]) => Buffer.from(text(value), "base64").toString("utf8"),
  "States.Hash": ([value, algorithm]) => hashOf(value, text(algorithm)),
  "States.JsonMerge": ([first, second]) => ({ ...(first as object), ...(second as object) }),
  "States.MathRandom": ([first, last]) => randomInt(integer(first), integer(last)),
  "States.MathAdd": ([first, second]) => integer(first) + integer(second),
  "States.StringSplit": ([value, splitters]) => split(text(value), text(splitters)),
  "States.UUID": () => randomUUID(),
};

function format(template: string, values: readonly unknown[]): string {
  let next = 0;
  const filled = template.replaceAll(/\\(.)|\{\}/g, (_found, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (next >= values.length) throw failure("Too few arguments for the format");
    const value = values[next++];
    return javaText(value);
  });
  if (next < values.length) throw failure("Too many arguments for the format");
  return filled;
}

/** Objects and lists are written as Java writes them: `{Id=1, Name=a}` and `[1, 2]`. */
function javaText(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return `[${value.map(javaText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, member]) => `${key}=${javaText(member)}`)
    .join(", ")}}`;
}

/** A text of blanks only holds nothing. */
function parse(value: string): unknown {
  if (value.trim() === "") return null;
  try {
    return parseJson(value);
  } catch {
    throw failure("Invalid arguments for States.StringToJson: not JSON");
  }
}

function partition(values: readonly unknown[], size: number): unknown[][] {
  if (size < 1) throw failure("The size of a part must be above 0");
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, index * size + size),
  );
}

function item(values: readonly unknown[], index: number): unknown {
  if (index < 0 || index >= values.length) throw failure(`There is no item ${index} in an array of ${values.length}`);
  return values[index];
}

function unique(values: readonly unknown[]): unknown[] {
  const found: unknown[] = [];
  for (const value of values) if (!found.some((other) => isDeepStrictEqual(other, value))) found.push(value);
  return found;
}

function split(value: string, splitters: string): string[] {
  const signs = new Set(splitters);
  const parts = [""];
  for (const sign of value) {
    if (signs.has(sign)) parts.push("");
    else parts[parts.length - 1] += sign;
  }
  return parts.filter((part) => part !== "");
}

function text(value: unknown): string {
  if (typeof value !== "string") throw failure(`Expected a string, got ${JSON.stringify(value)}`);
  return value;
}

function array(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw failure(`Expected an array, got ${JSON.stringify(value)}`);
  return value;
}

function integer(value: unknown): number {
  if (typeof value !== "number") throw failure(`Expected a number, got ${JSON.stringify(value)}`);
  return Math.round(value);
}

function failure(cause: string): InterpreterError {
  return new InterpreterError("States.IntrinsicFailure", cause);
}
