import type { Failure } from "../ports/failures-port.ts";

/** `<time>\t<request id>\tERROR\tInvoke Error \t{…}`, as Lambda's Node.js logs an error in text. */
const TEXT_LINE = /^\S+\t(\S+)\tERROR\t[^{]*(\{.*\})\s*$/s;

/**
 * Reads a failure off a log event: an error that Lambda's runtime logged, in JSON or text, or an outcome of 500 or above
 * in the embedded metric format. Undefined for every other event.
 */
export function parseFailure(message: string, at: number): Failure | undefined {
  const [, requestId, body] = TEXT_LINE.exec(message) ?? [];
  const record = tryParse(body ?? message);
  if (record === undefined) return undefined;
  const id = textOf(record["requestId"]) ?? requestId;
  const found = errorOf(record) ?? outcomeOf(record);
  return found && { at, ...(id === undefined ? {} : { requestId: id }), ...found };
}

type Found = Pick<Failure, "type" | "message" | "stack">;

/** In JSON the error is the record, or its `message`. */
function errorOf(record: Record<string, unknown>): Found | undefined {
  const inner = record["message"];
  const error = isRecord(inner) && "errorType" in inner ? inner : record;
  const type = textOf(error["errorType"]);
  if (type === undefined) return undefined;
  const stack = error["stackTrace"] ?? error["stack"];
  const lines = Array.isArray(stack) ? stack.map(String) : [];
  return {
    type,
    message: textOf(error["errorMessage"]) ?? "",
    stack: lines.filter(isFrame).map((line) => line.trim()),
  };
}

function isFrame(line: string): boolean {
  return /^\s*(at |File )/.test(line);
}

function outcomeOf({ status, ServerErrors: failed }: Record<string, unknown>): Found | undefined {
  return failed === 1 ? { type: `Status ${String(status)}`, message: "answered by the handler", stack: [] } : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function tryParse(text: string): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
