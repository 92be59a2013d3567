import { type ParseResult, parseSync } from "oxc-parser";

/** A source file by its path from the repository's root. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const parsed = new WeakMap<SourceFile, ParseResult>();

/** Parses a file once, however many rules read it. */
export function parseSource(file: SourceFile): ParseResult {
  const known = parsed.get(file) ?? parseSync(file.path, file.text);
  parsed.set(file, known);
  return known;
}
