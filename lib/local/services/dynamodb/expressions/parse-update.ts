import { checkUpdate } from "./check-update.ts";
import { parseOperand, parseOperandInParentheses, parsePath, parseValue, type Parser } from "./parse-operand.ts";
import type { Placeholders } from "./placeholders.ts";
import type { Operand, UpdateAction, Section } from "./syntax.ts";
import { TokenReader } from "./tokens.ts";

const SECTIONS: readonly Section[] = ["SET", "REMOVE", "ADD", "DELETE"];

/** Reads and checks an update expression. Refuses as AWS does, in its order. */
export function parseUpdate(text: string, placeholders: Placeholders): UpdateAction[] {
  const tokens = new TokenReader("UpdateExpression", text);
  const parser: Parser = { tokens, placeholders, keywords: new Set(SECTIONS) };
  const actions: UpdateAction[] = [];
  const sections: Section[] = [];
  do {
    const section = SECTIONS.find((word) => tokens.takeWord(word));
    if (!section) throw tokens.syntaxError();
    sections.push(section);
    do actions.push(parseAction(section, parser));
    while (tokens.takeSymbol(","));
  } while (tokens.current.type !== "end");
  checkUpdate(actions, sections);
  return actions;
}

function parseAction(section: Section, parser: Parser): UpdateAction {
  const target = parsePath(parser);
  if (section === "REMOVE") return { kind: section, target };
  if (section !== "SET") return { kind: section, target, value: parseValue(parser) };
  parser.tokens.expectSymbol("=");
  return { kind: "SET", target, value: parseSetValue(parser) };
}

function parseSetValue(parser: Parser): Operand {
  if (!parser.tokens.takeSymbol("(")) return parseSum(parseOperand(parser), parser);
  const inner = parseSum(parseOperandInParentheses(parser), parser);
  parser.tokens.expectSymbol(")");
  return inner.kind === "sum" ? inner : parseSum(inner, parser);
}

function parseSum(left: Operand, parser: Parser): Operand {
  const operator = parser.tokens.takeSymbol("+") ? "+" : parser.tokens.takeSymbol("-") ? "-" : undefined;
  return operator ? { kind: "sum", operator, left, right: parseOperandInParentheses(parser) } : left;
}
