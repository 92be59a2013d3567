import type { Placeholders } from "./placeholders.ts";
import { isReservedWord } from "./reserved-words.ts";
import type { CallOperand, Operand, PathOperand, ValueOperand } from "./syntax.ts";
import type { TokenReader } from "./tokens.ts";

/** What reading an expression needs: its tokens, and the request's names and values. */
export interface Parser {
  readonly tokens: TokenReader;
  readonly placeholders: Placeholders;
  /** Words that end an operand in this kind of expression, and so cannot be names. */
  readonly keywords: ReadonlySet<string>;
}

/** Reads `a.b[0].#c`. */
export function parsePath(parser: Parser): PathOperand {
  const { tokens } = parser;
  const path: (string | number)[] = [];
  const problems: { undefinedName?: string; reservedWord?: string } = {};
  path.push(parseName(parser, problems));
  for (;;) {
    if (tokens.takeSymbol(".")) path.push(parseName(parser, problems));
    else if (tokens.takeSymbol("[")) {
      if (tokens.current.type !== "number") throw tokens.syntaxError();
      path.push(Number(tokens.take().text));
      tokens.expectSymbol("]");
    } else return { kind: "path", path, ...problems };
  }
}

/** Reads `:value`. */
export function parseValue({ tokens, placeholders }: Parser): ValueOperand {
  if (tokens.current.type !== "value") throw tokens.syntaxError();
  const placeholder = tokens.take().text;
  const value = placeholders.value(placeholder);
  return value === undefined
    ? { kind: "value", value: { NULL: true }, undefinedValue: placeholder }
    : { kind: "value", value };
}

/** Reads a path, a value, or a function's call. */
export function parseOperand(parser: Parser): Operand {
  const { tokens } = parser;
  if (tokens.current.type === "value") return parseValue(parser);
  const isCall = tokens.current.type === "word" && tokens.next.type === "symbol" && tokens.next.text === "(";
  return isCall && !parser.keywords.has(tokens.current.text.toUpperCase()) ? parseCall(parser) : parsePath(parser);
}

/** Reads an operand, which may be in parentheses. */
export function parseOperandInParentheses(parser: Parser): Operand {
  if (!parser.tokens.takeSymbol("(")) return parseOperand(parser);
  const operand = parseOperand(parser);
  parser.tokens.expectSymbol(")");
  return operand;
}

function parseCall(parser: Parser): CallOperand {
  const name = parser.tokens.take().text;
  parser.tokens.expectSymbol("(");
  const args = [parseOperandInParentheses(parser)];
  while (parser.tokens.takeSymbol(",")) args.push(parseOperandInParentheses(parser));
  parser.tokens.expectSymbol(")");
  return { kind: "call", name, args };
}

function parseName(
  { tokens, placeholders, keywords }: Parser,
  problems: { undefinedName?: string; reservedWord?: string },
): string {
  const { type, text } = tokens.current;
  if (type === "name") {
    tokens.take();
    const name = placeholders.name(text);
    if (name === undefined) problems.undefinedName ??= text;
    return name ?? text;
  }
  if (type !== "word" || keywords.has(text.toUpperCase())) throw tokens.syntaxError();
  tokens.take();
  if (isReservedWord(text)) problems.reservedWord ??= text;
  return text;
}
