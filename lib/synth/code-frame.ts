import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A place in the user's sources. */
export interface SourcePlace {
  /** Below the project's folder, for example `bin/app.ts`. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
}

const LINES_BEFORE = 2;
const LINES_AFTER = 1;
const MAX_WIDTH = 120;

/** The place, and the lines around it with the one that is meant marked. Only the place where the file cannot be read. */
export function renderPlace(place: SourcePlace, projectFolder: string): string[] {
  const { file, line, column } = place;
  const head = `  at ${file}:${line}${column === undefined ? "" : `:${column}`}`;
  const source = tryReadLines(join(projectFolder, file));
  if (source[line - 1] === undefined) return [head];
  const first = Math.max(1, line - LINES_BEFORE);
  const last = Math.min(source.length, line + LINES_AFTER);
  const width = String(last).length;
  const shown = source.slice(first - 1, last).flatMap((text, index) => {
    const number = first + index;
    const marked = `  ${number === line ? ">" : " "} ${String(number).padStart(width)} | ${text}`;
    const row = marked.slice(0, MAX_WIDTH).trimEnd();
    if (number !== line || column === undefined || column > MAX_WIDTH) return [row];
    const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, " ");
    return [row, `    ${" ".repeat(width)} | ${indent}^`];
  });
  return [head, ...shown];
}

function tryReadLines(path: string): readonly string[] {
  try {
    return readFileSync(path, "utf8").trimEnd().split(/\r?\n/);
  } catch {
    return [];
  }
}
