import type { LogRecord } from "../../util/lambda-log/log-record.ts";
import { parseLogEvent } from "../../util/lambda-log/parse-log-event.ts";

/** Lambda returns the last 4 KB of a log: the first line of a longer one is cut. */
const TAIL_BYTES = 4096;

/** Reads the tail of a log that an invocation returned. Indented lines belong to the line before them. */
export function parseLogTail(base64: string): LogRecord[] {
  const bytes = Buffer.from(base64, "base64");
  const lines = bytes.toString("utf8").split("\n");
  if (bytes.byteLength >= TAIL_BYTES) lines.shift();
  const events: string[] = [];
  for (const line of lines) {
    const last = events.length - 1;
    if (/^\s/.test(line) && last >= 0) events[last] += `\n${line}`;
    else if (line !== "") events.push(line);
  }
  return events.map(parseLogEvent);
}
