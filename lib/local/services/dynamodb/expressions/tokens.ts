import { validationError } from "../errors.ts";

/** The request's member that an expression came in; AWS names it in every refusal. */
export type ExpressionKind =
  | "ConditionExpression"
  | "FilterExpression"
  | "KeyConditionExpression"
  | "ProjectionExpression"
  | "UpdateExpression";

interface Token {
  readonly type: "word" | "name" | "value" | "number" | "symbol" | "end";
  /** As it was written; `<EOF>` for the end. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-expression-parameters */
const MAX_EXPRESSION_BYTES = 4096;

/** AWS's refusal of an expression. */
export function expressionError(kind: ExpressionKind, message: string): Error {
  return validationError(`Invalid ${kind}: ${message}`);
}

/** Reads an expression token by token. */
export class TokenReader {
  readonly kind: ExpressionKind;
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(kind: ExpressionKind, text: string) {
    if (text === "") throw expressionError(kind, "The expression can not be empty;");
    const bytes = Buffer.byteLength(text);
    if (bytes > MAX_EXPRESSION_BYTES)
      throw expressionError(kind, `Expression size has exceeded the maximum allowed size; expression size: ${bytes}`);
    this.kind = kind;
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  get current(): Token {
    return this.#tokens[this.#at]!;
  }

  get next(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.current;
    if (token.type !== "end") this.#at++;
    return token;
  }

  /** Takes the symbol if it comes next. */
  takeSymbol(symbol: string): boolean {
    const found = this.current.type === "symbol" && this.current.text === symbol;
    if (found) this.#at++;
    return found;
  }

  /** Takes the keyword, in any case, if it comes next. */
  takeWord(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.#at++;
    return found;
  }

  isWord(word: string): boolean {
    return this.current.type === "word" && this.current.text.toUpperCase() === word;
  }

  expectSymbol(symbol: string): void {
    if (!this.takeSymbol(symbol)) throw this.syntaxError();
  }

  expectEnd(): void {
    if (this.current.type !== "end") throw this.syntaxError();
  }

  /** AWS's words: the token that does not fit, and the text from the token before it to the one after it. */
  syntaxError(): Error {
    const before = this.#tokens[this.#at - 1] ?? this.current;
    const after = this.#tokens[this.#at + 1] ?? this.current;
    const near = this.#text.slice(before.start, after.end).trimEnd();
    return expressionError(this.kind, `Syntax error; token: "${this.current.text}", near: "${near}"`);
  }
}

const TOKEN =
  /\s+|(?<word>[A-Za-z][A-Za-z0-9_]*)|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<number>[0-9]+)|(?<symbol><>|<=|>=|[^])/gy;

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const { word, name, value, number, symbol } = match.groups!;
    const type = word ? "word" : name ? "name" : value ? "value" : number ? "number" : symbol ? "symbol" : undefined;
    if (type) tokens.push({ type, text: match[0], start: match.index, end: match.index + match[0].length });
  }
  tokens.push({ type: "end", text: "<EOF>", start: text.length, end: text.length });
  return tokens;
}
