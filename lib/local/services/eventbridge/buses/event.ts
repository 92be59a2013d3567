import { parseJson } from "../../../../util/parse-json.ts";
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

/** What is in the text of a `Detail`: an object, or undefined where it is malformed. */
export function tryParseDetail(text: string): object | undefined {
  try {
    const detail = parseJson(text);
    return typeof detail === "object" && detail !== null && !Array.isArray(detail) ? detail : undefined;
  } catch {
    return undefined;
  }
}
