import type { FunctionSpec } from "./function-spec.ts";

/** The figures of a REPORT line. */
export interface Report {
  readonly requestId: string;
  readonly durationMs: number;
  readonly maxMemoryMb: number;
  readonly initMs: number | undefined;
  readonly status: "success" | "failure" | "error" | "timeout";
  readonly errorType: string | undefined;
}

/** Lambda's own lines around an invocation, as text or as JSON; undefined where the system log level hides the line. */
export interface PlatformLog {
  initStart(): string | undefined;
  start(requestId: string): string | undefined;
  end(requestId: string): string | undefined;
  report(report: Report): string | undefined;
}

/** The log format of the function's logging configuration. */
export function platformLogOf(spec: FunctionSpec, now: () => number): PlatformLog {
  return spec.logging.format === "JSON" ? jsonLog(spec, now) : textLog(spec);
}

function textLog(spec: FunctionSpec): PlatformLog {
  return {
    initStart: () => `INIT_START Runtime Version: ${runtimeVersion(spec)}\tRuntime Version ARN: ${runtimeArn(spec)}\n`,
    start: (requestId) => `START RequestId: ${requestId} Version: ${spec.version}\n`,
    end: (requestId) => `END RequestId: ${requestId}\n`,
    report: (report) => {
      const fields = [
        `REPORT RequestId: ${report.requestId}`,
        `Duration: ${report.durationMs.toFixed(2)} ms`,
        `Billed Duration: ${billed(report)} ms`,
        `Memory Size: ${spec.memoryMb} MB`,
        `Max Memory Used: ${report.maxMemoryMb} MB`,
      ];
      if (report.initMs !== undefined) fields.push(`Init Duration: ${report.initMs.toFixed(2)} ms`);
      if (report.status === "timeout") fields.push("Status: timeout");
      if (report.status === "error") fields.push("Status: error", `Error Type: ${report.errorType}`);
      return `${fields.join("\t")}\t\n`;
    },
  };
}

function jsonLog(spec: FunctionSpec, now: () => number): PlatformLog {
  const level = spec.logging.systemLevel;
  const line = (type: string, record: unknown) =>
    `${JSON.stringify({ time: new Date(now()).toISOString(), type, record })}\n`;
  const shown = { initStart: level !== "WARN", start: level !== "WARN", report: true };
  return {
    initStart: () =>
      shown.initStart
        ? line("platform.initStart", {
            initializationType: "on-demand",
            phase: "init",
            runtimeVersion: runtimeVersion(spec),
            runtimeVersionArn: runtimeArn(spec),
            functionName: spec.functionName,
            functionVersion: spec.version,
          })
        : undefined,
    start: (requestId) =>
      shown.start ? line("platform.start", { requestId, functionArn: arnOf(spec), version: spec.version }) : undefined,
    end: () => undefined,
    report: (report) =>
      level === "WARN" && report.status === "success" ? undefined : line("platform.report", reportRecord(spec, report)),
  };
}

function reportRecord(spec: FunctionSpec, report: Report): unknown {
  return {
    requestId: report.requestId,
    metrics: {
      durationMs: Number(report.durationMs.toFixed(3)),
      billedDurationMs: billed(report),
      memorySizeMB: spec.memoryMb,
      maxMemoryUsedMB: report.maxMemoryMb,
      ...(report.initMs === undefined ? {} : { initDurationMs: Number(report.initMs.toFixed(3)) }),
    },
    status: report.status,
    ...(report.errorType === undefined ? {} : { errorType: report.errorType }),
  };
}

/** Since August 2025 AWS bills the initialisation too. */
function billed(report: Report): number {
  return Math.ceil(report.durationMs + (report.initMs ?? 0));
}

function runtimeVersion(spec: FunctionSpec): string {
  if (spec.runtime.startsWith("nodejs"))
    return `${spec.runtime.replace("nodejs", "nodejs:").replace(".x", "")}.tidegate`;
  return `${spec.runtime.replace(/^(python|provided)\.?/, "$1:")}.tidegate`;
}

function runtimeArn(spec: FunctionSpec): string {
  return `arn:aws:lambda:${spec.region}::runtime:${spec.runtime}`;
}

function arnOf(spec: FunctionSpec): string {
  return `arn:aws:lambda:${spec.region}:${spec.account}:function:${spec.functionName}`;
}
