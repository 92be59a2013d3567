/** A place in a text, both counted from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Where a statement begins, and where the text continues behind it. */
export interface StatementSpan {
  readonly start: TextPosition;
  readonly end: TextPosition;
}

/** Finds the statements in a policy's text, which must be valid JSON. */
export function findStatements(text: string): StatementSpan[] {
  const found: [number, number][] = [];
  const opened: { readonly at: number; readonly isStatement: boolean }[] = [];
  let key: string | undefined;
  let statements: "none" | "list" | "one" = "none";
  for (const { token, at } of tokens(text)) {
    if (token.startsWith('"')) {
      if (opened.length === 1) key = /^"\s*:/.test(text.slice(at + token.length - 1)) ? token : key;
    } else if (token === "[" || token === "{") {
      if (opened.length === 1 && key === '"Statement"') statements = token === "[" ? "list" : "one";
      const depth = statements === "list" ? 2 : 1;
      const isStatement = token === "{" && statements !== "none" && opened.length === depth;
      opened.push({ at, isStatement });
    } else {
      const { at: start, isStatement } = opened.pop()!;
      // Recorded from AWS: a statement that is in no list begins behind its brace.
      if (isStatement) found.push([statements === "one" ? start + 1 : start, at + 1]);
      if (opened.length === 1) statements = "none";
    }
  }
  return found.map(([start, end]) => ({ start: positionOf(text, start), end: positionOf(text, end) }));
}

/** Strings and brackets: these alone determine where a statement is. */
function* tokens(text: string): Generator<{ token: string; at: number }> {
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) yield { token: match[0], at: match.index };
}

function positionOf(text: string, offset: number): TextPosition {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - (before.lastIndexOf("\n") + 1) + 1 };
}
