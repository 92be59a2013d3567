import { parseWildcard } from "./wildcard.ts";
import { fitsWildcard, type ValueTest } from "./value-test.ts";
import { EventPatternError, placeIn } from "./pattern-error.ts";
import type { JsonToken, JsonTokens } from "./json-tokens.ts";

/** Where a pattern is being read: its tokens, and the path of the field. */
export interface PatternReader {
  readonly tokens: JsonTokens;
  readonly path: string[];
}

/** Refuses the pattern at a token. `hasRead` says that AWS's parser had asked for the token's text by then. */
export function refuse(reader: PatternReader, token: JsonToken, message: string, hasRead = false): never {
  const place = placeIn(reader.tokens.text, hasRead ? token.end : token.metAt);
  throw new EventPatternError(`${message}${place}`, reader.path);
}

/** The words of a wildcard that AWS takes, as a test. */
export function buildWildcardTest(reader: PatternReader, token: JsonToken): ValueTest {
  const wildcard = parseWildcard(token.text);
  return typeof wildcard === "string" ? refuse(reader, token, wildcard, true) : fitsWildcard(wildcard);
}
