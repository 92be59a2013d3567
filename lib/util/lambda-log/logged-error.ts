import { isRecord, textIn, tryParseRecord } from "../plain-record.ts";
import type { LoggedError } from "./log-record.ts";

const FRAME = /^\s*(?:at |File )/;
/** `TypeError: text`, as the first line of a stack. */
const HEAD = /^([A-Za-z_$][\w$.]*): ([\s\S]*)$/;

/** The error of a line in JSON: the record itself, or its `message`. */
export function errorInRecord(record: Readonly<Record<string, unknown>>): LoggedError | undefined {
  const inner = record["message"];
  const error = isRecord(inner) && "errorType" in inner ? inner : record;
  const type = textIn(error["errorType"]);
  if (type === undefined) return undefined;
  return { type, message: textIn(error["errorMessage"]) ?? "", stack: framesOf(stackOf(error)) };
}

/**
 * The error of a line in text: `Invoke Error \t{…}`, as Lambda's Node.js logs an error that left the handler, or the stack
 * of an error that the handler logged.
 */
export function errorInText(text: string): LoggedError | undefined {
  const at = text.indexOf("{");
  const record = at === -1 ? undefined : tryParseRecord(text.slice(at));
  const logged = record && errorInRecord(record);
  if (logged !== undefined) return logged;
  const lines = text.split("\n");
  const firstFrame = lines.findIndex((line) => FRAME.test(line));
  if (firstFrame === -1) return undefined;
  const head = lines.slice(0, firstFrame).filter((line) => !line.startsWith("Traceback "));
  const [, type = "Error", message = head.join("\n")] = HEAD.exec(head.join("\n")) ?? [];
  return { type, message, stack: framesOf(lines.slice(firstFrame)) };
}

/** An error that a function answered with: the payload of a failed invocation. Undefined where it is another thing. */
export function errorInPayload(payload: unknown): LoggedError | undefined {
  return isRecord(payload) ? errorInRecord(payload) : undefined;
}

function stackOf(error: Readonly<Record<string, unknown>>): readonly string[] {
  const stack = error["stackTrace"] ?? error["trace"] ?? error["stack"];
  if (typeof stack === "string") return stack.split("\n");
  return Array.isArray(stack) ? stack.map(String) : [];
}

function framesOf(lines: readonly string[]): string[] {
  return lines.filter((line) => FRAME.test(line)).map((line) => line.trim());
}
