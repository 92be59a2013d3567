import { stripVTControlCharacters } from "node:util";

let graphemes: Intl.Segmenter | undefined;

/**
 * Cuts a line to the columns of a terminal, so that it never wraps. Colours take no columns; a line that is cut loses them.
 * Other control characters must be escaped already.
 */
export function fitLine(line: string, columns: number): string {
  if (line.length < columns) return line;
  // Made when it is first needed: it takes a tenth of the start of a command.
  graphemes ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  const characters = Array.from(graphemes.segment(stripVTControlCharacters(line)), ({ segment }) => segment);
  if (characters.length < columns) return line;
  return `${characters.slice(0, Math.max(0, columns - 2)).join("")}…`;
}
