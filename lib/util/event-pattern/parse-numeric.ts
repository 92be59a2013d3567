import { refuse, type PatternReader } from "./pattern-reader.ts";
import type { JsonToken } from "./json-tokens.ts";
import { isNumberIn, type NumberRange, type ValueTest } from "./value-test.ts";

/** Reads `["=", 5]`, `[">", 0]` or `[">=", 0, "<", 5]`. */
export function parseNumeric(reader: PatternReader): ValueTest {
  const start = reader.tokens.next();
  if (start.kind !== "[") refuse(reader, start, "Value of numeric must be an array.");
  const operator = reader.tokens.next();
  if (operator.kind !== "string") refuse(reader, operator, `Invalid member in numeric match: ${operator.text}`);
  const value = reader.tokens.next();
  const range = readBound(reader, operator, value);
  if (operator.text !== ">" && operator.text !== ">=") {
    endNumeric(reader, reader.tokens.next(), "Too many elements in numeric expression");
    return isNumberIn(range);
  }
  const next = reader.tokens.next();
  return isNumberIn(next.kind === "]" ? range : { ...range, ...readUpperBound(reader, next) });
}

function readBound(reader: PatternReader, operator: JsonToken, value: JsonToken): NumberRange {
  const names = new Map<string, string>([
    ["=", "equals"],
    ["<", "<"],
    ["<=", "<="],
    [">", ">"],
    [">=", ">="],
  ]);
  const name = names.get(operator.text);
  if (name === undefined) return refuse(reader, value, `Unrecognized numeric range operator: ${operator.text}`);
  if (value.kind !== "number") return refuse(reader, value, `Value of ${name} must be numeric`);
  return boundOf(operator.text, Number(value.text));
}

function readUpperBound(reader: PatternReader, operator: JsonToken): NumberRange {
  if (operator.kind !== "string") return refuse(reader, operator, `Bad value in numeric range: ${operator.text}`);
  if (operator.text !== "<" && operator.text !== "<=")
    return refuse(reader, operator, `Bad numeric range operator: ${operator.text}`, true);
  const value = reader.tokens.next();
  if (value.kind !== "number") return refuse(reader, value, `Value of ${operator.text} must be numeric`);
  endNumeric(reader, reader.tokens.next(), "Too many terms in numeric range expression");
  return boundOf(operator.text, Number(value.text));
}

function boundOf(operator: string, value: number): NumberRange {
  if (operator === ">") return { above: value };
  if (operator === ">=") return { atLeast: value };
  if (operator === "<") return { below: value };
  return operator === "<=" ? { atMost: value } : { atLeast: value, atMost: value };
}

function endNumeric(reader: PatternReader, token: JsonToken, message: string): void {
  if (token.kind !== "]") refuse(reader, token, message);
}
