import type { FilterPattern, PatternMatch } from "./pattern-match.ts";
import { compare, readOperand, type Operand, type Operator } from "./condition.ts";
import { readSelector, select, type JsonSelector } from "./json-selector.ts";
import { invalidPattern } from "./pattern-refusals.ts";
import { parseJson } from "../../../../util/parse-json.ts";

type Test = (root: unknown) => boolean;

const TOKEN =
  /\s*(&&|\|\||[()]|<=|>=|!=|[=<>]|"(?:[^"\\]|\\.)*"|\$(?:[^\s()=!<>&|"'[]|\[(?:"[^"]*"|'[^']*'|\d+|\*)\])+|(?:(?!&&|\|\|)[^\s()=!<>"])+)/y;

/** `{ $.status = 500 && ($.path = "/a*" || $.user NOT EXISTS) }` */
export function compileJsonPattern(pattern: string): FilterPattern {
  if (!pattern.endsWith("}")) throw invalidPattern();
  const parser = new JsonPatternParser(tokensOf(pattern.slice(1, -1)));
  const test = parser.read();
  return {
    match(message) {
      const root = parsed(message);
      return root !== undefined && test(root) ? matchOf(root, parser.selectors) : undefined;
    },
  };
}

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const end = text.trimEnd().length;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < end) {
    const match = TOKEN.exec(text);
    if (!match) throw invalidPattern();
    tokens.push(match[1]!);
  }
  return tokens;
}

class JsonPatternParser {
  /** The selectors that the pattern names, as it writes them. */
  readonly selectors = new Set<string>();
  readonly #tokens: string[];
  #at = 0;

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  read(): Test {
    const test = this.#either();
    if (this.#at < this.#tokens.length) throw invalidPattern();
    return test;
  }

  #either(): Test {
    const tests = [this.#both()];
    while (this.#takes("||")) tests.push(this.#both());
    return tests.length === 1 ? tests[0]! : (root) => tests.some((test) => test(root));
  }

  #both(): Test {
    const tests = [this.#one()];
    while (this.#takes("&&")) tests.push(this.#one());
    return tests.length === 1 ? tests[0]! : (root) => tests.every((test) => test(root));
  }

  #one(): Test {
    if (!this.#takes("(")) return this.#condition();
    const inner = this.#either();
    if (!this.#takes(")")) throw invalidPattern();
    return inner;
  }

  #condition(): Test {
    const text = this.#next();
    const selector = readSelector(text);
    this.selectors.add(text);
    const operator = this.#next();
    if (operator === "IS") return isConstant(selector, this.#next());
    if (operator === "NOT" && this.#next() === "EXISTS") return (root) => select(root, selector).length === 0;
    if (!/^(=|!=|<=?|>=?)$/.test(operator)) throw invalidPattern();
    return comparison(selector, operator as Operator, readOperand(this.#next()));
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #next(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined) throw invalidPattern();
    return token;
  }
}

function isConstant(selector: JsonSelector, word: string): Test {
  const constants = new Map<string, unknown>([
    ["NULL", null],
    ["TRUE", true],
    ["FALSE", false],
  ]);
  if (!constants.has(word)) throw invalidPattern();
  return (root) => select(root, selector).includes(constants.get(word));
}

function comparison(selector: JsonSelector, operator: Operator, operand: Operand): Test {
  if (operator !== "=" && operator !== "!=" && operand.number === undefined) throw invalidPattern();
  return (root) =>
    select(root, selector).some(
      (value) =>
        (typeof value === "string" || typeof value === "number" || typeof value === "boolean") &&
        compare(value, operator, operand),
    );
}

/** Only objects and lists: AWS matches a JSON pattern against nothing else. */
function parsed(message: string): unknown {
  const text = message.trimStart();
  if (!text.startsWith("{") && !text.startsWith("[")) return undefined;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function matchOf(root: unknown, named: ReadonlySet<string>): PatternMatch {
  const value = (reference: string) => {
    const found =
      reference.startsWith("$.") || reference.startsWith("$[") ? select(root, readSelector(reference))[0] : undefined;
    if (typeof found === "string" || typeof found === "number") return found;
    return typeof found === "boolean" ? String(found) : undefined;
  };
  return {
    value,
    extracted() {
      const fields = [...named].map((name) => [name, value(name)] as const).filter(([, one]) => one !== undefined);
      return Object.fromEntries(fields.map(([name, one]) => [name, String(one)]));
    },
  };
}
