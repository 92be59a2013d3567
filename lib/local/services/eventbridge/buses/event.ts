/** An event as rules see it and targets get it, in AWS's order of members. */
export interface BusEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  /** ISO 8601, in seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
  readonly "replay-name"?: string;
}

/** Jackson, which reads events at AWS, goes no deeper either. */
const DEEPEST = 1000;

/** What is in the text of a `Detail`: an object, or undefined where it is malformed. */
export function tryParseDetail(text: string): object | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    const detail: unknown = JSON.parse(text);
    return typeof detail === "object" && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}

function isTooDeep(text: string): boolean {
  let depth = 0;
  let isInString = false;
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    if (isInString && char === "\\") i++;
    else if (char === '"') isInString = !isInString;
    else if (isInString) continue;
    else if ((char === "{" || char === "[") && ++depth > DEEPEST) return true;
    else if (char === "}" || char === "]") depth--;
  }
  return false;
}
