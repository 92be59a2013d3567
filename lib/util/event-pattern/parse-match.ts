import { type PatternReader, refuse, buildWildcardTest } from "./pattern-reader.ts";
import type { JsonToken } from "./json-tokens.ts";
import { parseCidr } from "./ip-range.ts";
import { EventPatternError } from "./pattern-error.ts";
import { parseAnythingBut } from "./parse-anything-but.ts";
import { parseNumeric } from "./parse-numeric.ts";
import {
  equalsIgnoringCase,
  hasPrefix,
  hasPrefixIgnoringCase,
  hasSuffix,
  hasSuffixIgnoringCase,
  isAnyValue,
  isExactly,
  isInCidr,
  type ValueTest,
} from "./value-test.ts";

type Parser = (reader: PatternReader) => ValueTest | "absent";

const PARSERS: ReadonlyMap<string, Parser> = new Map<string, Parser>([
  ["exactly", (reader) => isExactly(parseText(reader, "exact").text)],
  ["prefix", (reader) => parseAffix(reader, "prefix", hasPrefix, hasPrefixIgnoringCase)],
  ["suffix", (reader) => parseAffix(reader, "suffix", hasSuffix, hasSuffixIgnoringCase)],
  ["equals-ignore-case", (reader) => equalsIgnoringCase(parseText(reader, "equals-ignore-case").text)],
  ["wildcard", parseWildcardTest],
  ["cidr", parseCidrTest],
  ["exists", parseExists],
  ["numeric", parseNumeric],
  ["anything-but", parseAnythingBut],
]);

/** Reads a match expression such as `{"prefix": "a"}`, behind its opening brace. */
export function parseMatch(reader: PatternReader): ValueTest | "absent" {
  const name = reader.tokens.next();
  if (name.kind !== "field") return refuse(reader, name, "Match expression name not found");
  const parser = PARSERS.get(name.text);
  if (parser === undefined) return refuse(reader, name, `Unrecognized match type ${name.text}`);
  const test = parser(reader);
  const end = reader.tokens.next();
  if (end.kind !== "}")
    refuse(
      reader,
      end,
      name.text === "numeric" ? "Too many elements in numeric expression" : "Only one key allowed in match expression",
    );
  return test;
}

function parseText(reader: PatternReader, what: string): JsonToken {
  const token = reader.tokens.next();
  return token.kind === "string" ? token : refuse(reader, token, `${what} match pattern must be a string`);
}

function parseAffix(
  reader: PatternReader,
  what: string,
  exact: (text: string) => ValueTest,
  ignoringCase: (text: string) => ValueTest,
): ValueTest {
  const token = reader.tokens.next();
  if (token.kind === "string") return exact(token.text);
  if (token.kind !== "{") return refuse(reader, token, `${what} match pattern must be a string`);
  const inner = reader.tokens.next();
  if (inner.kind !== "field" || inner.text !== "equals-ignore-case")
    return refuse(reader, inner, `Unsupported ${what} pattern: ${inner.text}`);
  const { text } = parseText(reader, "equals-ignore-case");
  const end = reader.tokens.next();
  return end.kind === "}" ? ignoringCase(text) : refuse(reader, end, "Only one key allowed in match expression");
}

function parseWildcardTest(reader: PatternReader): ValueTest {
  return buildWildcardTest(reader, parseText(reader, "wildcard"));
}

/** AWS says "prefix" here too, and gives no position for a value that is not a CIDR block. */
function parseCidrTest(reader: PatternReader): ValueTest {
  const range = parseCidr(parseText(reader, "prefix").text);
  if (typeof range === "string") throw new EventPatternError(range, reader.path);
  return isInCidr(range);
}

function parseExists(reader: PatternReader): ValueTest | "absent" {
  const token = reader.tokens.next();
  if (token.kind === "true") return isAnyValue;
  if (token.kind === "false") return "absent";
  return refuse(reader, token, "exists match pattern must be either true or false.");
}
