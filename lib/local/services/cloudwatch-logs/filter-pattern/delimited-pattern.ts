import type { FilterPattern, PatternMatch } from "./pattern-match.ts";
import { compare, readOperand, type Operator } from "./condition.ts";
import { invalidPattern } from "./pattern-refusals.ts";

interface Field {
  /** Undefined for `...`, which matches any number of fields. */
  readonly name: string | undefined;
  readonly test: (value: string) => boolean;
}

/** `[ip, user, ..., status = 5* && status != 503, bytes > 1000]` */
export function compileDelimitedPattern(pattern: string): FilterPattern {
  if (!pattern.endsWith("]")) throw invalidPattern();
  const fields = splitFields(pattern.slice(1, -1)).map(readField);
  const gaps = fields.filter((field) => field.name === undefined).length;
  if (fields.length === 0 || gaps > 1) throw invalidPattern();
  const gapAt = fields.findIndex((field) => field.name === undefined);
  return {
    match(message) {
      const words = wordsOf(message);
      const enough = gaps === 0 ? words.length === fields.length : words.length >= fields.length - 1;
      if (!enough) return undefined;
      const aligned = gaps === 0 ? words : alignAround(words, gapAt, fields.length);
      const matches = fields.every((field, at) => field.name === undefined || field.test(aligned[at]!));
      return matches ? matchOf(fields, aligned) : undefined;
    },
  };
}

/** Commas part fields, but not inside quotes. */
function splitFields(text: string): string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/g)?.map((part) => part.trim()) ?? [];
}

function readField(text: string): Field {
  if (text === "...") return { name: undefined, test: () => true };
  const name = /^[A-Za-z0-9_-]+/.exec(text)?.[0];
  if (name === undefined) throw invalidPattern();
  if (name === text) return { name, test: () => true };
  const anyOf = splitOn(text, "||").map((part) => splitOn(part, "&&").map((one) => readCondition(name, one)));
  return { name, test: (value) => anyOf.some((all) => all.every((test) => test(value))) };
}

function splitOn(text: string, operator: "||" | "&&"): string[] {
  const parts = [""];
  for (const token of text.match(/"(?:[^"\\]|\\.)*"|\|\||&&|[^"|&]+|[|&]/g) ?? []) {
    if (token === operator) parts.push("");
    else parts[parts.length - 1] += token;
  }
  return parts;
}

function readCondition(name: string, text: string): (value: string) => boolean {
  const match = /^\(?\s*([A-Za-z0-9_-]+)\s*(=|!=|<=|>=|<|>)\s*("(?:[^"\\]|\\.)*"|[^\s()]+)\s*\)?$/.exec(text.trim());
  if (!match || match[1] !== name) throw invalidPattern();
  const operator = match[2] as Operator;
  const operand = readOperand(match[3]!);
  if (operator !== "=" && operator !== "!=" && operand.number === undefined) throw invalidPattern();
  return (value) => compare(value, operator, operand);
}

/** A line's fields: words between spaces; what is in quotes or square brackets is one. */
function wordsOf(message: string): string[] {
  const words: string[] = [];
  for (const match of message.matchAll(/"([^"]*)"|\[([^\]]*)\]|(\S+)/g)) words.push(match[1] ?? match[2] ?? match[3]!);
  return words;
}

/** The gap takes the remaining words, so that the fields behind it are at the line's end. */
function alignAround(words: readonly string[], gapAt: number, length: number): string[] {
  const behind = length - gapAt - 1;
  return [...words.slice(0, gapAt), "", ...words.slice(words.length - behind)];
}

function matchOf(fields: readonly Field[], words: readonly string[]): PatternMatch {
  const named = fields.flatMap((field, at) =>
    field.name === undefined ? [] : [[`$${field.name}`, words[at]!] as const],
  );
  return {
    value: (reference) => named.find(([name]) => name === reference)?.[1],
    extracted: () => Object.fromEntries(named),
  };
}
