import { stripVTControlCharacters } from "node:util";

const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Cuts a line to the columns of a terminal, so that it never wraps. Colours take no columns; a line that is cut loses them.
 * Other control characters must be escaped already.
 */
export function fitLine(line: string, columns: number): string {
  if (line.length < columns) return line;
  const characters = Array.from(GRAPHEMES.segment(stripVTControlCharacters(line)), ({ segment }) => segment);
  if (characters.length < columns) return line;
  return `${characters.slice(0, Math.max(0, columns - 2)).join("")}…`;
}
