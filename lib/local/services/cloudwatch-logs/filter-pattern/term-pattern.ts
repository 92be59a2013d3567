import type { FilterPattern, PatternMatch } from "./pattern-match.ts";
import { invalidParameter } from "../errors.ts";
import { invalidPattern, regexNotCarried } from "./pattern-refusals.ts";

interface Term {
  readonly kind: "" | "-" | "?";
  readonly text: string;
}

const NOTHING_NAMED: PatternMatch = { value: () => undefined, extracted: () => ({}) };

/** Terms: all must occur, those with `-` must not; where every term has `?`, one of them is enough. */
export function compileTermPattern(pattern: string): FilterPattern {
  const terms = readTerms(pattern);
  const plain = terms.filter((term) => term.kind === "").map((term) => term.text);
  const excluded = terms.filter((term) => term.kind === "-").map((term) => term.text);
  // AWS ignores optional terms beside others.
  const optional = plain.length + excluded.length > 0 ? [] : terms.map((term) => term.text);
  return {
    match(message) {
      const found =
        plain.every((text) => message.includes(text)) &&
        !excluded.some((text) => message.includes(text)) &&
        (optional.length === 0 || optional.some((text) => message.includes(text)));
      return found ? NOTHING_NAMED : undefined;
    },
  };
}

function readTerms(pattern: string): Term[] {
  const terms: Term[] = [];
  const token = /\s*(?:([-?]?)"((?:[^"\\]|\\.)*)"|([-?]?)(\S+))/y;
  while (token.lastIndex < pattern.length) {
    const match = token.exec(pattern);
    if (!match) break;
    const quoted = match[2];
    terms.push(
      quoted === undefined
        ? { kind: kindOf(match[3]), text: checkedWord(match[4]!) }
        : { kind: kindOf(match[1]), text: quoted.replaceAll(/\\(.)/g, "$1") },
    );
  }
  return terms;
}

function kindOf(sign: string | undefined): Term["kind"] {
  return sign === "-" || sign === "?" ? sign : "";
}

function checkedWord(word: string): string {
  if (/^%.+%$/.test(word)) throw regexNotCarried();
  if (word.includes('"')) throw invalidPattern();
  if (!/^[\p{L}\p{N}_]+$/u.test(word)) throw invalidParameter(`Invalid character(s) in term '${word}'`);
  return word;
}
