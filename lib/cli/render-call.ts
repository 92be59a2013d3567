import type { CallOutcome, FunctionCall } from "../look/invoke/invoke-function.ts";
import { escapeControls } from "../util/escape-controls.ts";
import type { LoggedError, LogRecord } from "../util/lambda-log/log-record.ts";
import { redact } from "../util/redact.ts";
import { renderReport } from "./render-report.ts";

/** What a person reads after a call: the answer or the error, then the figures. */
export function renderCall({ fn, mode, qualifier }: FunctionCall, outcome: CallOutcome): string[] {
  const { requestId, version, answer, error, report } = outcome;
  if (mode === "dry-run") return [`${fn.path}${qualifier === undefined ? "" : `:${qualifier}`} may be called.`];
  if (mode === "async")
    return [
      `${fn.path} has the event, request ${requestId}.`,
      `See how it went with \`tidegate logs --request-id ${requestId}\`.`,
    ];
  const result = error === undefined ? renderAnswer(answer) : renderError(error);
  const figures = report === undefined ? "" : `, ${renderReport(report)}`;
  return [...result, `${fn.path} v${version ?? "?"}, request ${requestId}${figures}`];
}

function renderAnswer(answer: unknown): string[] {
  const text = typeof answer === "string" ? JSON.stringify(answer) : JSON.stringify(answer, null, 2);
  return escapeControls(text ?? "null").split("\n");
}

function renderError({ type, message, stack }: LoggedError): string[] {
  return [`${type}: ${message}`, ...stack.map((frame) => `    ${frame}`)].map(escapeControls).map(redact);
}

/** A line of the function's log. Undefined for Lambda's own, unless all is shown. */
export function renderRecord({ kind, level, text, error }: LogRecord, isVerbose: boolean): string | undefined {
  if (kind !== "line") return isVerbose && text !== "" ? escapeControls(`${kind} ${text}`) : undefined;
  const head = level === undefined || level === "INFO" ? text : `${level} ${text}`;
  const frames = error?.stack.map((frame) => `\n    ${frame}`).join("") ?? "";
  return escapeControls(`${head}${frames}`);
}
