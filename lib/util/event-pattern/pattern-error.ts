/** What is wrong with an event pattern, in the words of AWS's rule compiler. */
export class EventPatternError extends Error {
  /** Where in the pattern, as a JSON pointer to the field, for example `/detail/state`. Empty for the whole. */
  readonly pointer: string;

  constructor(message: string, path: readonly string[]) {
    super(message);
    this.name = "EventPatternError";
    this.pointer = path.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
  }
}

/** A pattern's text as AWS quotes it behind a complaint: what is longer than this is cut. */
const LONGEST_QUOTE = 500;

/** The place that AWS names behind a complaint; `offset` counts the characters that were read by then. */
export function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - (before.lastIndexOf("\n") + 1) + 1;
  const cut = text.length - LONGEST_QUOTE;
  const quote = cut > 0 ? `"${text.slice(0, LONGEST_QUOTE)}"[truncated ${cut} chars]` : `"${text}"`;
  return `\n at [Source: (String)${quote}; line: ${line}, column: ${column}]`;
}
