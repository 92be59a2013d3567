/** The stretches of literal text between the stars of a wildcard pattern. */
export type Wildcard = readonly string[];

/** Stars beyond this make a rule too complex. */
const MOST_STARS = 5;

/**
 * Reads a pattern of `*` (any characters); `\*` and `\\` are literal. Returns a text for an invalid pattern, as AWS's
 * rule compiler says it.
 */
export function parseWildcard(text: string): Wildcard | string {
  const stretches = [""];
  const add = (char: string) => stretches.push(`${stretches.pop()}${char}`);
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === "*") {
      // Positions count the quote in front of the text.
      if (text[i + 1] === "*") return `Consecutive wildcard characters at pos ${i + 1}`;
      stretches.push("");
    } else if (char === "\\") {
      const escaped = text[i + 1];
      if (escaped !== "*" && escaped !== "\\") return `Invalid escape character at pos ${i + 1}`;
      add(escaped);
      i++;
    } else add(char);
  }
  if (stretches.length > MOST_STARS + 1)
    return "Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character";
  return stretches;
}

/** Whether the text fits. Each stretch is looked for once, from left to right. */
export function matchesWildcard(stretches: Wildcard, text: string): boolean {
  const first = stretches[0]!;
  if (stretches.length === 1) return text === first;
  const last = stretches.at(-1)!;
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const stretch of stretches.slice(1, -1)) {
    const found = text.indexOf(stretch, at);
    if (found < 0) return false;
    at = found + stretch.length;
  }
  return at <= text.length - last.length;
}
