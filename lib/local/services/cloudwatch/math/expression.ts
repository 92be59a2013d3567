import { MathError } from "./math-error.ts";

/** A metric math expression as a tree. */
export type Expression =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "list"; readonly items: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: "negate"; readonly operand: Expression }
  | { readonly kind: "binary"; readonly operator: Operator; readonly left: Expression; readonly right: Expression };

/** An arithmetic, comparison or logical operator of metric math. */
export type Operator = "+" | "-" | "*" | "/" | "^" | "<" | "<=" | ">" | ">=" | "==" | "!=" | "&&" | "||";

const TOKEN =
  /\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][A-Za-z0-9_]*|"[^"]*"|'[^']*'|&&|\|\||[<>=!]=|[-+*/^<>()[\],])/y;

/** From the loosest to the tightest; all but `^` go from left to right. */
const LEVELS: readonly (readonly Operator[])[] = [
  ["||"],
  ["&&"],
  ["==", "!=", "<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "/"],
];

/** Parses an expression, or refuses it with the place where it stops making sense. */
export function parseExpression(text: string): Expression {
  const parser = new ExpressionParser(text);
  return parser.read();
}

class ExpressionParser {
  readonly #tokens: { text: string; at: number }[] = [];
  #at = 0;

  constructor(text: string) {
    const end = text.trimEnd().length;
    TOKEN.lastIndex = 0;
    while (TOKEN.lastIndex < end) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(text);
      if (!match) throw new MathError(`Unexpected character at position ${at + 1}: ${text.slice(at).trim()[0]}`);
      this.#tokens.push({ text: match[1]!, at });
    }
  }

  read(): Expression {
    const expression = this.#level(0);
    if (this.#at < this.#tokens.length) throw this.#unexpected();
    return expression;
  }

  #level(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.#level(level + 1);
    for (let operator = this.#operator(operators); operator; operator = this.#operator(operators))
      left = { kind: "binary", operator, left, right: this.#level(level + 1) };
    return left;
  }

  #unary(): Expression {
    if (this.#takes("-")) return { kind: "negate", operand: this.#unary() };
    const base = this.#primary();
    return this.#takes("^") ? { kind: "binary", operator: "^", left: base, right: this.#unary() } : base;
  }

  #primary(): Expression {
    const token = this.#tokens[this.#at]?.text;
    if (token === undefined) throw this.#unexpected();
    this.#at++;
    if (/^\d/.test(token)) return { kind: "number", value: Number(token) };
    if (/^["']/.test(token)) return { kind: "text", text: token.slice(1, -1) };
    if (token === "(") return this.#closed(this.#level(0), ")");
    if (token === "[") return { kind: "list", items: this.#items("]") };
    if (!/^[A-Za-z_]/.test(token)) {
      this.#at--;
      throw this.#unexpected();
    }
    return this.#takes("(") ? { kind: "call", name: token, args: this.#items(")") } : { kind: "name", name: token };
  }

  #items(end: string): Expression[] {
    if (this.#takes(end)) return [];
    const items = [this.#level(0)];
    while (this.#takes(",")) items.push(this.#level(0));
    return this.#closed(items, end);
  }

  #closed<T>(value: T, end: string): T {
    if (!this.#takes(end)) throw this.#unexpected();
    return value;
  }

  #operator(wanted: readonly Operator[]): Operator | undefined {
    const token = this.#tokens[this.#at]?.text;
    const operator = token === "AND" ? "&&" : token === "OR" ? "||" : token;
    const found = wanted.find((one) => one === operator);
    if (found) this.#at++;
    return found;
  }

  #takes(text: string): boolean {
    if (this.#tokens[this.#at]?.text !== text) return false;
    this.#at++;
    return true;
  }

  #unexpected(): MathError {
    const token = this.#tokens[this.#at];
    return new MathError(
      token ? `Unexpected '${token.text}' at position ${token.at + 1}` : "Unexpected end of expression",
    );
  }
}
