import { MAX_JSON_DEPTH } from "../parse-json.ts";
import { EventPatternError, placeIn } from "./pattern-error.ts";

/** A token of JSON, with the offsets at which it begins and ends. */
export interface JsonToken {
  readonly kind: "{" | "}" | "[" | "]" | "field" | "string" | "number" | "null" | "true" | "false" | "end";
  /** A string without its quotes, or the source text of a number or a word. */
  readonly text: string;
  /** How far AWS's parser has read when it has just met the token: it reads a string's text only when it is needed. */
  readonly metAt: number;
  readonly end: number;
}

const VALUES = "JSON String, Number, Array, Object or token 'null', 'true' or 'false'";
const TOO_DEEP = `Document nesting depth (${MAX_JSON_DEPTH + 1}) exceeds the maximum allowed (${MAX_JSON_DEPTH}, from \`StreamReadConstraints.getMaxNestingDepth()\`)`;
const SPACE = /[ \t\r\n]*/y;
const STRING = /"[^"\\]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\]*)*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /[\p{L}\p{N}_$]+/uy;

/** Reads JSON token by token and tracks its position, so that errors name the place as AWS does. */
export class JsonTokens {
  readonly text: string;
  #at = 0;
  readonly #open: { readonly kind: "Object" | "Array"; readonly start: number; entries: number }[] = [];
  #isValueNext = true;
  #ahead: JsonToken | undefined;

  constructor(text: string) {
    this.text = text;
  }

  next(): JsonToken {
    const token = this.#ahead ?? this.#read();
    this.#ahead = undefined;
    if (token.kind !== "field") return token;
    // AWS's parser has looked at the value when it hands out the field's name.
    this.#ahead = this.#read();
    return { ...token, metAt: this.#ahead.metAt };
  }

  #read(): JsonToken {
    this.#skipSpace();
    const parent = this.#open.at(-1);
    if (this.#isValueNext || parent === undefined) return this.#readValue();
    const char = this.text[this.#at];
    if (char === (parent.kind === "Object" ? "}" : "]")) return this.#close(char);
    if (parent.entries++ > 0) this.#expect(",", `was expecting comma to separate ${parent.kind} entries`);
    return parent.kind === "Array" ? this.#readValue() : this.#readField();
  }

  #readField(): JsonToken {
    this.#skipSpace();
    const start = this.#at;
    if (this.text[start] !== '"') this.#unexpected("was expecting double-quote to start field name");
    const text = this.#readString();
    this.#skipSpace();
    this.#expect(":", "was expecting a colon to separate field name and value");
    this.#isValueNext = true;
    return { kind: "field", text, metAt: this.#at, end: this.#at };
  }

  #readValue(): JsonToken {
    this.#skipSpace();
    this.#isValueNext = false;
    const start = this.#at;
    const char = this.text[start];
    if (char === undefined) return this.#endOfInput();
    if (char === "{" || char === "[") {
      this.#at++;
      this.#open.push({ kind: char === "{" ? "Object" : "Array", start, entries: 0 });
      if (this.#open.length > MAX_JSON_DEPTH) this.#fail(TOO_DEEP, this.#at);
      return { kind: char, text: char, metAt: this.#at, end: this.#at };
    }
    if (char === '"') {
      const text = this.#readString();
      return { kind: "string", text, metAt: start + 1, end: this.#at };
    }
    const number = this.#take(NUMBER);
    if (number !== undefined) return { kind: "number", text: number, metAt: this.#at, end: this.#at };
    return this.#readWord();
  }

  #readWord(): JsonToken {
    const word = this.#take(WORD);
    if (word === undefined) return this.#unexpected(`expected a valid value (${VALUES})`);
    if (word === "null" || word === "true" || word === "false")
      return { kind: word, text: word, metAt: this.#at, end: this.#at };
    return this.#fail(`Unrecognized token '${word}': was expecting (${VALUES})`, this.#at);
  }

  #readString(): string {
    const start = this.#at;
    const quoted = this.#take(STRING);
    if (quoted === undefined)
      return this.#fail("Unexpected end-of-input: was expecting closing quote for a string value", start + 1);
    try {
      return JSON.parse(quoted) as string;
    } catch {
      return this.#fail(
        "Illegal unquoted character: has to be escaped using backslash to be included in string value",
        this.#at,
      );
    }
  }

  #close(kind: "}" | "]"): JsonToken {
    this.#open.pop();
    this.#at++;
    return { kind, text: kind, metAt: this.#at, end: this.#at };
  }

  #endOfInput(): JsonToken {
    const parent = this.#open.at(-1);
    if (parent === undefined) return { kind: "end", text: "", metAt: this.#at, end: this.#at };
    const start = placeIn(this.text, parent.start).trim().replace(/^at /, "");
    return this.#fail(
      `Unexpected end-of-input: expected close marker for ${parent.kind} (start marker at ${start})`,
      this.#at,
    );
  }

  #expect(char: string, what: string): void {
    if (this.text[this.#at] !== char) this.#unexpected(what);
    this.#at++;
  }

  #unexpected(what: string): never {
    const code = this.text.codePointAt(this.#at);
    if (code === undefined) {
      this.#endOfInput();
      return this.#fail("Unexpected end-of-input", this.#at);
    }
    return this.#fail(`Unexpected character ('${String.fromCodePoint(code)}' (code ${code})): ${what}`, this.#at);
  }

  #skipSpace(): void {
    this.#take(SPACE);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.#at = pattern.lastIndex;
    return found;
  }

  #fail(message: string, offset: number): never {
    throw new EventPatternError(`${message}${placeIn(this.text, offset)}`, []);
  }
}
