import type { Filter, Operand, ParsedPath } from "./path-step.ts";
import type { PathText } from "./path-text.ts";

const OPERATOR = /==|!=|<=|>=|<|>|in\b|nin\b/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true\b|false\b|null\b/y;
/** What a path in a filter is made of: it ends before an operator, a comma or a closing bracket of the filter. */
const PATH = /(?:\.\.?(?:\*|[^.[\]()*?,:'"\s@&|!=<>]+)|\[(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[^\]?'"]*)\])*/sy;
const MAX_NESTED = 50;

/**
 * Reads a filter behind its `?`; the paths in it by `parsePath`. Comparisons by regular expression are not supported.
 */
export function parseFilter(reader: PathText, parsePath: (text: string) => ParsedPath): Filter {
  return new FilterParser(reader, parsePath).parse();
}

class FilterParser {
  readonly #reader: PathText;
  readonly #parsePath: (text: string) => ParsedPath;

  constructor(reader: PathText, parsePath: (text: string) => ParsedPath) {
    this.#reader = reader;
    this.#parsePath = parsePath;
  }

  parse(): Filter {
    this.#reader.expect("(");
    const filter = this.#or(0);
    this.#reader.skipSpace();
    this.#reader.expect(")");
    return filter;
  }

  #or(depth: number): Filter {
    if (depth > MAX_NESTED) this.#reader.fail(`at most ${MAX_NESTED} nested brackets`);
    return this.#joined("or", "||", () => this.#joined("and", "&&", () => this.#test(depth)));
  }

  #joined(kind: "and" | "or", word: string, parse: () => Filter): Filter {
    const first = parse();
    const more: Filter[] = [];
    for (this.#reader.skipSpace(); this.#reader.tryTake(word); this.#reader.skipSpace()) more.push(parse());
    return more.length === 0 ? first : { kind, filters: [first, ...more] };
  }

  #test(depth: number): Filter {
    const reader = this.#reader;
    reader.skipSpace();
    if (reader.tryTake("!")) return { kind: "not", filter: this.#test(this.#deeper(depth)) };
    if (reader.tryTake("(")) {
      const inner = this.#or(depth + 1);
      reader.skipSpace();
      reader.expect(")");
      return inner;
    }
    const left = this.#operand();
    reader.skipSpace();
    const operator = reader.tryMatch(OPERATOR)?.[0];
    if (operator === undefined) return { kind: "exists", operand: left };
    reader.skipSpace();
    return { kind: "compare", left, operator, right: this.#operand() };
  }

  #deeper(depth: number): number {
    return depth < MAX_NESTED ? depth + 1 : this.#reader.fail(`at most ${MAX_NESTED} negations`);
  }

  #operand(): Operand {
    const reader = this.#reader;
    if (reader.tryTake("@")) return { kind: "path", from: "item", path: this.#path() };
    if (reader.tryTake("$")) return { kind: "path", from: "root", path: this.#path() };
    return { kind: "value", value: reader.tryTake("[") ? this.#values() : this.#value() };
  }

  #value(): unknown {
    const reader = this.#reader;
    if (reader.isAtQuote) return reader.takeQuoted();
    const literal = reader.tryMatch(WORD) ?? reader.tryMatch(NUMBER);
    return literal === undefined ? reader.fail("a path or a value") : JSON.parse(literal[0]);
  }

  #values(): unknown[] {
    const reader = this.#reader;
    const values: unknown[] = [];
    for (reader.skipSpace(); !reader.tryTake("]"); reader.skipSpace()) {
      if (values.length > 0) reader.expect(",");
      reader.skipSpace();
      values.push(this.#value());
    }
    return values;
  }

  #path(): ParsedPath {
    return this.#parsePath(`$${this.#reader.tryMatch(PATH)?.[0] ?? ""}`);
  }
}
