import { textIn, tryParseRecord } from "../plain-record.ts";
import type { LogRecord } from "./log-record.ts";
import { errorInRecord, errorInText } from "./logged-error.ts";
import { parsePlatformRecord, parsePlatformText } from "./platform-line.ts";

const REQUEST_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
/** `<time>\t<request id>\t<level>\t<text>`: Node.js. */
const NODE_LINE = /^\d{4}-\S+Z\t(\S+)\t([A-Z]+)\t([\s\S]*)$/;
/** `[<level>]\t<time>\t<request id>\t<text>`: Python. */
const PYTHON_LINE = /^\[([A-Z]+)\]\t\d{4}-\S+Z\t(\S+)\t([\s\S]*)$/;
/** `[ERROR] ValueError: …`, with a traceback: an exception that left a Python handler. */
const PYTHON_ERROR = /^\[(ERROR)\] ([\s\S]*)$/;
const TIMED_OUT = new RegExp(String.raw`^\d{4}-\S+Z (${REQUEST_ID}) (Task timed out after .*)$`);
const EXITED = new RegExp(String.raw`^RequestId: (${REQUEST_ID}) Error: ([^\n]*)\n?(\S*)`);

/** Reads the message of a log event of a Lambda function, in text or JSON. */
export function parseLogEvent(message: string): LogRecord {
  const text = message.trimEnd();
  const record = tryParseRecord(text);
  return record === undefined ? parseText(text) : parseRecord(record, text);
}

function parseRecord(record: Readonly<Record<string, unknown>>, raw: string): LogRecord {
  const platform = parsePlatformRecord(record);
  if (platform !== undefined) return platform;
  if ("_aws" in record) return { kind: "metrics", text: raw, ...requestIdOf(record["requestId"]) };
  const error = errorInRecord(record);
  const level = textIn(record["level"])?.toUpperCase() ?? (error === undefined ? undefined : "ERROR");
  return {
    kind: "line",
    text: error === undefined ? messageOf(record, raw) : `${error.type}: ${error.message}`,
    ...requestIdOf(record["requestId"] ?? record["AWSRequestId"] ?? record["function_request_id"]),
    ...(level === undefined ? {} : { level }),
    ...(error === undefined ? {} : { error }),
  };
}

/** A structured line of a logging library shows all of it. */
function messageOf(record: Readonly<Record<string, unknown>>, raw: string): string {
  const { message } = record;
  const own = new Set(["timestamp", "level", "requestId", "message"]);
  if (message === undefined || Object.keys(record).some((key) => !own.has(key))) return raw;
  return typeof message === "string" ? message : JSON.stringify(message);
}

function parseText(text: string): LogRecord {
  return parsePlatformText(text) ?? parseEnd(text) ?? parseLine(text);
}

/** How Lambda says that an invocation ended without an answer. */
function parseEnd(text: string): LogRecord | undefined {
  const [, timedOutId, timedOut] = TIMED_OUT.exec(text) ?? [];
  if (timedOut !== undefined) return failed("Sandbox.Timedout", timedOut, timedOutId);
  const [, exitedId, exited, type] = EXITED.exec(text) ?? [];
  if (exited !== undefined) return failed(type === "" ? "Runtime.ExitError" : (type ?? ""), exited, exitedId);
  return undefined;
}

function failed(type: string, message: string, requestId: string | undefined): LogRecord {
  const error = { type, message, stack: [] };
  return { kind: "line", level: "ERROR", text: `${type}: ${message}`, error, ...requestIdOf(requestId) };
}

function parseLine(text: string): LogRecord {
  const [, nodeId, nodeLevel, nodeText] = NODE_LINE.exec(text) ?? [];
  if (nodeLevel !== undefined) return applicationLine(nodeLevel, nodeText ?? "", nodeId);
  const [, pythonLevel, pythonId, pythonText] = PYTHON_LINE.exec(text) ?? [];
  if (pythonLevel !== undefined) return applicationLine(pythonLevel, pythonText ?? "", pythonId);
  const [, errorLevel, errorText] = PYTHON_ERROR.exec(text) ?? [];
  if (errorLevel !== undefined) return applicationLine(errorLevel, errorText ?? "", undefined);
  return { kind: "line", text };
}

function applicationLine(level: string, text: string, requestId: string | undefined): LogRecord {
  const error = level === "ERROR" || level === "FATAL" ? errorInText(text) : undefined;
  return {
    kind: "line",
    level,
    text: error === undefined ? text : `${error.type}: ${error.message}`,
    ...requestIdOf(requestId),
    ...(error === undefined ? {} : { error }),
  };
}

/** Outside of an invocation, Node.js writes `undefined` as the request. */
function requestIdOf(value: unknown): Pick<LogRecord, "requestId"> {
  const requestId = textIn(value);
  return requestId === undefined || requestId === "undefined" || requestId === "" ? {} : { requestId };
}
