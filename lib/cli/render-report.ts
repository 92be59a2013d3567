import type { InvocationReport } from "../util/lambda-log/log-record.ts";

/** The figures of an invocation: `took 13.8 ms, 80 of 256 MB, cold start 355 ms`. */
export function renderReport({ durationMs, initMs, memoryMb, maxMemoryMb, status }: InvocationReport): string {
  const memory = maxMemoryMb === undefined ? "" : `, ${maxMemoryMb} of ${memoryMb ?? "?"} MB`;
  const cold = initMs === undefined ? "" : `, cold start ${shortMs(initMs)}`;
  return `${STATUS_WORDS[status]} ${shortMs(durationMs)}${memory}${cold}`;
}

const STATUS_WORDS: Readonly<Record<InvocationReport["status"], string>> = {
  success: "took",
  failure: "failed after",
  error: "failed after",
  timeout: "timed out after",
};

function shortMs(ms: number): string {
  return ms >= 100 ? `${Math.round(ms)} ms` : `${Number(ms.toFixed(1))} ms`;
}
