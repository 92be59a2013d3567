/** A path that cannot be read, or took too many steps. */
export class PathError extends Error {}

const NAME = /[^.[\]()*?,:'"\s@&|!=<>]+/y;
const INTEGER = /-?\d+/y;
const SPACE = /\s*/y;
const QUOTED = /'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"/sy;

/** The text of a path, read from left to right. */
export class PathText {
  readonly text: string;
  #at = 0;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.text.length;
  }

  get isAtQuote(): boolean {
    const next = this.peek();
    return next === "'" || next === '"';
  }

  /** The next character; undefined at the end. */
  peek(): string | undefined {
    return this.text[this.#at];
  }

  skipSpace(): void {
    this.tryMatch(SPACE);
  }

  tryTake(word: string): boolean {
    if (!this.text.startsWith(word, this.#at)) return false;
    this.#at += word.length;
    return true;
  }

  expect(word: string): void {
    if (!this.tryTake(word)) this.fail(`'${word}'`);
  }

  takeName(): string {
    return this.tryMatch(NAME)?.[0] ?? this.fail("a name");
  }

  /** The text between quotes, with its escapes undone. */
  takeQuoted(): string {
    const found = this.tryMatch(QUOTED);
    if (found === undefined) return this.fail("a quoted name");
    return (found[1] ?? found[2] ?? "").replaceAll(/\\(.)/gs, "$1");
  }

  tryTakeInteger(): number | undefined {
    const found = this.tryMatch(INTEGER);
    return found === undefined ? undefined : Number(found[0]);
  }

  takeInteger(): number {
    return this.tryTakeInteger() ?? this.fail("an index");
  }

  tryMatch(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (found === null) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  fail(wanted: string): never {
    throw new PathError(`Expected ${wanted} at position ${this.#at} of '${this.text}'`);
  }
}
