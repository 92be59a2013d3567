import type { FilteredLogEvent } from "@aws-sdk/client-cloudwatch-logs";
import type { LogRecord } from "../../util/lambda-log/log-record.ts";
import { parseLogEvent } from "../../util/lambda-log/parse-log-event.ts";
import type { LogSource } from "./log-source.ts";

/** An event of a function's log, read. */
export interface LogEvent extends LogRecord {
  /** Unique in its log group. */
  readonly id: string;
  /** Milliseconds of the endpoint's time. */
  readonly at: number;
  /** The path of the function's construct. */
  readonly path: string;
  readonly functionName: string;
  /** The version that ran: a number or `$LATEST`. */
  readonly version: string;
  readonly stream: string;
  /** As the log has it. */
  readonly message: string;
  readonly source: LogSource;
}

/** Streams are named `2026/11/30/[7]0123…` after the version that runs in them. */
const VERSION_IN_STREAM = /\[([^\]]+)\][0-9a-f]*$/;

/**
 * Reads the events of log streams. An instance runs one request at a time, so a line without a request id belongs to the
 * request that started before it.
 */
export class EventReader {
  readonly #requests = new Map<string, string>();

  /** Reads one event. Events of a stream are read in their order. */
  read(event: FilteredLogEvent, source: LogSource): LogEvent {
    const { message = "", logStreamName: stream = "", timestamp: at = 0, eventId: id = "" } = event;
    const record = parseLogEvent(message);
    const key = `${source.group} ${stream}`;
    if (record.kind === "start" && record.requestId !== undefined) this.#requests.set(key, record.requestId);
    const current = record.kind === "init" ? undefined : this.#requests.get(key);
    const requestId = record.requestId ?? current;
    const version = VERSION_IN_STREAM.exec(stream)?.[1] ?? record.version ?? "";
    const { path, functionName } = source;
    const own = { id, at, path, functionName, version, stream, message: message.trimEnd(), source };
    return { ...record, ...own, ...(requestId === undefined ? {} : { requestId }) };
  }
}

/** Whether an event reports a failure: an error, a level of it, or a report of a failed invocation. */
export function isFailure({ level, error, report }: LogRecord): boolean {
  if (error !== undefined || level === "ERROR" || level === "FATAL" || level === "CRITICAL") return true;
  return report !== undefined && report.status !== "success";
}
