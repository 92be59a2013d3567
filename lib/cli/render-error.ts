import { BugError, TidegateError } from "../errors.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { redact } from "../util/redact.ts";

/** An error as people read it: what is wrong, where, and what to do next. Only a fault of Tidegate has a stack. */
export function renderError(error: unknown): string[] {
  if (isBug(error)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [`error: this is a bug in tidegate, please report it: ${redact(escapeControls(text))}`];
  }
  if (!(error instanceof TidegateError)) return [`error: ${redact(escapeControls(messageOf(error)))}`];
  const where = error.constructPath === undefined ? "" : ` (${error.constructPath})`;
  const head = `error ${error.code}${where}: ${redact(escapeControls(error.message))}`;
  return error.fix === undefined ? [head] : [head, `  → ${redact(escapeControls(error.fix))}`];
}

/** A full disk, a missing right or a closed pipe is the machine's answer, as are aborts: no fault of the code. */
function isBug(error: unknown): boolean {
  if (error instanceof TidegateError) return error instanceof BugError;
  if (!(error instanceof Error)) return true;
  return !("syscall" in error) && error.name !== "AbortError" && error.name !== "TimeoutError";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
