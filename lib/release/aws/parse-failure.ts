import { parseLogEvent } from "../../util/lambda-log/parse-log-event.ts";
import { tryParseRecord } from "../../util/plain-record.ts";
import type { Failure } from "../ports/failures-port.ts";

/**
 * Reads a failure off a log event: an error that Lambda's runtime logged, in JSON or text, or an outcome of 500 or above
 * in the embedded metric format. Undefined for every other event.
 */
export function parseFailure(message: string, at: number): Failure | undefined {
  const { kind, requestId, error } = parseLogEvent(message);
  const found = kind === "metrics" ? outcomeOf(message) : error;
  return found && { at, ...(requestId === undefined ? {} : { requestId }), ...found };
}

function outcomeOf(message: string): Pick<Failure, "type" | "message" | "stack"> | undefined {
  const { status, ServerErrors: failed } = tryParseRecord(message) ?? {};
  return failed === 1 ? { type: `Status ${String(status)}`, message: "answered by the handler", stack: [] } : undefined;
}
