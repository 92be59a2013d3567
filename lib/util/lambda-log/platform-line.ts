import { isRecord, numberIn, textIn } from "../plain-record.ts";
import type { InvocationReport, LogRecord } from "./log-record.ts";

const START = /^START RequestId: (\S+) Version: (\S+)/;
const END = /^END RequestId: (\S+)/;
const REPORT = /^REPORT RequestId: (\S+)/;
const INIT = /^(?:INIT_START|INIT_REPORT|RESTORE_START|RESTORE_REPORT) ([\s\S]*)$/;
const STATUSES = ["success", "failure", "error", "timeout"] as const;

/** Reads a line that Lambda itself wrote in text. Undefined for every other line. */
export function parsePlatformText(text: string): LogRecord | undefined {
  const [, startId, version] = START.exec(text) ?? [];
  if (startId !== undefined) return { kind: "start", requestId: startId, text: "", ...(version && { version }) };
  const endId = END.exec(text)?.[1];
  if (endId !== undefined) return { kind: "end", requestId: endId, text: "" };
  const reportId = REPORT.exec(text)?.[1];
  if (reportId !== undefined) return { kind: "report", requestId: reportId, text: "", report: reportInText(text) };
  const init = INIT.exec(text)?.[1];
  return init === undefined ? undefined : { kind: "init", text: init };
}

function reportInText(text: string): InvocationReport {
  const figure = (name: string) => {
    const found = new RegExp(String.raw`(?:^|\t)${name}: ([\d.]+)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  return toReport({
    durationMs: figure(String.raw`Duration`),
    initMs: figure("Init Duration") ?? figure("Restore Duration"),
    memoryMb: figure("Memory Size"),
    maxMemoryMb: figure("Max Memory Used"),
    status: /\tStatus: (\w+)/.exec(text)?.[1],
  });
}

/**
 * Reads a line that Lambda itself wrote in JSON. Undefined for every other one.
 * https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html
 */
export function parsePlatformRecord(line: Readonly<Record<string, unknown>>): LogRecord | undefined {
  const { type, record } = line;
  if (typeof type !== "string" || !type.startsWith("platform.") || !isRecord(record)) return undefined;
  const requestId = textIn(record["requestId"]);
  const version = textIn(record["version"]) ?? textIn(record["functionVersion"]);
  const base = { text: "", ...(requestId && { requestId }), ...(version && { version }) };
  if (type === "platform.start") return { kind: "start", ...base };
  if (type === "platform.runtimeDone") return { kind: "end", ...base };
  if (type === "platform.report") return { kind: "report", ...base, report: reportInRecord(record) };
  return { kind: "init", ...base, text: `${type.slice("platform.".length)} ${textIn(record["phase"]) ?? ""}`.trim() };
}

function reportInRecord({ metrics, status }: Readonly<Record<string, unknown>>): InvocationReport {
  const figures = isRecord(metrics) ? metrics : {};
  return toReport({
    durationMs: numberIn(figures["durationMs"]),
    initMs: numberIn(figures["initDurationMs"]) ?? numberIn(figures["restoreDurationMs"]),
    memoryMb: numberIn(figures["memorySizeMB"]),
    maxMemoryMb: numberIn(figures["maxMemoryUsedMB"]),
    status: textIn(status),
  });
}

interface Figures {
  readonly durationMs: number | undefined;
  readonly initMs: number | undefined;
  readonly memoryMb: number | undefined;
  readonly maxMemoryMb: number | undefined;
  readonly status: string | undefined;
}

function toReport({ durationMs = 0, initMs, memoryMb, maxMemoryMb, status }: Figures): InvocationReport {
  return {
    durationMs,
    status: STATUSES.find((known) => known === status) ?? "success",
    ...(initMs === undefined ? {} : { initMs }),
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(maxMemoryMb === undefined ? {} : { maxMemoryMb }),
  };
}
