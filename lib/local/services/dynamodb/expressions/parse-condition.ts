import { checkCondition } from "./check-condition.ts";
import { parseOperand, type Parser } from "./parse-operand.ts";
import type { Placeholders } from "./placeholders.ts";
import type { Comparator, Condition, Operand } from "./syntax.ts";
import { TokenReader, type ExpressionKind } from "./tokens.ts";

const KEYWORDS: ReadonlySet<string> = new Set(["AND", "OR", "NOT", "BETWEEN", "IN"]);
const COMPARATORS: ReadonlySet<string> = new Set<Comparator>(["=", "<>", "<", "<=", ">", ">="]);

/** Reads and checks a condition, a filter or a key condition. Refuses as AWS does, in its order. */
export function parseCondition(kind: ExpressionKind, text: string, placeholders: Placeholders): Condition {
  const tokens = new TokenReader(kind, text);
  const parser = new ConditionParser({ tokens, placeholders, keywords: KEYWORDS });
  const condition = parser.parse();
  checkCondition(kind, condition, parser.redundantParentheses);
  return condition;
}

/**
 * A parenthesis may hold a condition or an operand, which only the next token decides, so both are parsed the same way.
 */
type Node = Condition | Operand;

class ConditionParser {
  readonly #parser: Parser;
  readonly #tokens: TokenReader;
  /** What the last pair of parentheses held. */
  #lastGroup: Node | undefined;
  redundantParentheses = false;

  constructor(parser: Parser) {
    this.#parser = parser;
    this.#tokens = parser.tokens;
  }

  parse(): Condition {
    const condition = this.#condition(this.#or());
    this.#tokens.expectEnd();
    return condition;
  }

  #or(): Node {
    let left = this.#and();
    while (this.#tokens.isWord("OR")) {
      const before = this.#condition(left);
      this.#tokens.take();
      left = { kind: "or", left: before, right: this.#condition(this.#and()) };
    }
    return left;
  }

  #and(): Node {
    let left = this.#not();
    while (this.#tokens.isWord("AND")) {
      const before = this.#condition(left);
      this.#tokens.take();
      left = { kind: "and", left: before, right: this.#condition(this.#not()) };
    }
    return left;
  }

  #not(): Node {
    if (!this.#tokens.takeWord("NOT")) return this.#comparison();
    return { kind: "not", condition: this.#condition(this.#not()) };
  }

  #comparison(): Node {
    const left = this.#operandOrGroup();
    if (!isOperand(left)) return left;
    if (this.#tokens.current.type === "symbol" && COMPARATORS.has(this.#tokens.current.text)) {
      const operator = this.#tokens.take().text as Comparator;
      return { kind: "compare", operator, left, right: this.#operand() };
    }
    if (this.#tokens.takeWord("BETWEEN")) return this.#between(left);
    if (this.#tokens.takeWord("IN")) return this.#in(left);
    return left;
  }

  #between(operand: Operand): Node {
    const low = this.#operand();
    if (!this.#tokens.takeWord("AND")) throw this.#tokens.syntaxError();
    return { kind: "between", operand, low, high: this.#operand() };
  }

  #in(operand: Operand): Node {
    this.#tokens.expectSymbol("(");
    const options = [this.#operand()];
    while (this.#tokens.takeSymbol(",")) options.push(this.#operand());
    this.#tokens.expectSymbol(")");
    return { kind: "in", operand, options };
  }

  #operandOrGroup(): Node {
    if (!this.#tokens.takeSymbol("(")) return parseOperand(this.#parser);
    const inner = this.#or();
    this.#tokens.expectSymbol(")");
    if (inner === this.#lastGroup) this.redundantParentheses = true;
    this.#lastGroup = inner;
    return inner;
  }

  #operand(): Operand {
    const operand = this.#operandOrGroup();
    if (!isOperand(operand)) throw this.#tokens.syntaxError();
    return operand;
  }

  #condition(node: Node): Condition {
    if (node.kind === "path" || node.kind === "value" || node.kind === "sum") throw this.#tokens.syntaxError();
    return node;
  }
}

function isOperand(node: Node): node is Operand {
  return node.kind === "path" || node.kind === "value" || node.kind === "call" || node.kind === "sum";
}
