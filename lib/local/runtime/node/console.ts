import { writeSync } from "node:fs";
import { format } from "node:util";
import { describeError, isError } from "./describe-error.ts";

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"] as const;
type Level = (typeof LEVELS)[number];

/** Marks a frame on the telemetry pipe: one log event, however many lines it has. */
const FRAME_TYPE = 0xa55a0003;

const telemetryFd = Number(process.env["_LAMBDA_TELEMETRY_LOG_FD"] ?? Number.NaN);
const asJson = process.env["AWS_LAMBDA_LOG_FORMAT"] === "JSON";
const lowestLevel = Math.max(
  0,
  LEVELS.indexOf((process.env["AWS_LAMBDA_LOG_LEVEL"] ?? "TRACE").toUpperCase() as Level),
);
let requestIdNow: () => string | undefined = () => undefined;

/** Makes `console` write Lambda's log lines, text or JSON, with the current request's id. */
export function takeOverConsole(requestId: () => string | undefined): void {
  requestIdNow = requestId;
  delete process.env["_LAMBDA_TELEMETRY_LOG_FD"];
  const methods = { log: "INFO", debug: "DEBUG", info: "INFO", warn: "WARN", error: "ERROR", trace: "TRACE" } as const;
  for (const [method, level] of Object.entries(methods))
    console[method as keyof typeof methods] = (...args: unknown[]) => writeLine(level, args);
}

/** Logs what a handler threw. */
export function logInvokeError(error: unknown): void {
  if (asJson) writeJson("ERROR", [error]);
  else writeText("ERROR", `Invoke Error \t${JSON.stringify(withStack(error))}`);
}

/** Logs what the handler did not catch: an error while loading, an uncaught exception, an unhandled rejection. */
export function logUncaught(error: unknown): void {
  if (asJson) writeJson("ERROR", [error]);
  else writeText("ERROR", `Uncaught Exception \t${JSON.stringify(withStack(error))}`);
}

function withStack(error: unknown): Record<string, unknown> {
  const { errorType, errorMessage, trace } = describeError(error);
  const own = isError(error) ? Object.fromEntries(Object.entries(error)) : {};
  return { errorType, errorMessage, ...own, stack: trace };
}

function writeLine(level: Level, args: unknown[]): void {
  if (LEVELS.indexOf(level) < lowestLevel) return;
  if (asJson) writeJson(level, args);
  else writeText(level, format(...args));
}

function writeText(level: Level, message: string): void {
  const line = `${new Date().toISOString()}\t${requestIdNow() ?? "undefined"}\t${level}\t${message}`;
  writeEvent(line);
}

function writeJson(level: Level, args: unknown[]): void {
  const [first] = args;
  const record: Record<string, unknown> = {
    timestamp: new Date().toISOString(),
    level,
    requestId: requestIdNow(),
    message: args.length === 1 && !isError(first) ? first : format(...args),
  };
  const error = args.find(isError);
  if (error !== undefined) {
    record["errorType"] = error.name;
    record["errorMessage"] = error.message;
    record["stackTrace"] = (error.stack ?? "")
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
    if (args.length === 1) delete record["message"];
  }
  writeEvent(stringify(record));
}

function stringify(record: Record<string, unknown>): string {
  try {
    return JSON.stringify(record, (_key, value: unknown) => (typeof value === "bigint" ? value.toString() : value));
  } catch {
    return JSON.stringify({ ...record, message: format(record["message"]) });
  }
}

function writeEvent(text: string): void {
  const body = Buffer.from(`${text}\n`);
  if (Number.isNaN(telemetryFd)) return writeFully(1, body);
  const frame = Buffer.allocUnsafe(16 + body.length);
  frame.writeUInt32BE(FRAME_TYPE, 0);
  frame.writeUInt32BE(body.length, 4);
  frame.writeBigUInt64BE(BigInt(Date.now()) * 1000n, 8);
  body.copy(frame, 16);
  writeFully(telemetryFd, frame);
}

/** Synchronously, so that a line is out before the answer is; waits when the reader is slower. */
function writeFully(fd: number, bytes: Buffer): void {
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += writeSync(fd, bytes, offset);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
