import { UserError } from "../errors.ts";
import { tryFindHint } from "./app-hint.ts";
import { renderPlace } from "./code-frame.ts";
import type { CommandResult } from "./run-command.ts";
import { findThrownError, type ThrownError } from "./thrown-error.ts";

const MAX_LINES = 18;
const MAX_WIDTH = 400;
const STACK_LINE = /^\s+at |^\s+\.\.\..*\.\.\.$|\/node_modules\/|^Node\.js v\d/;

/**
 * Says why an app failed: the error that it threw, with the construct's path and the user's own line, or the last that it
 * wrote. Lines of packages and of Node.js are left out, and long text is cut.
 */
export function appFailure(app: string, result: CommandResult, projectFolder: string): UserError {
  if (result.startError !== undefined) {
    return new UserError(
      "AppNotStarted",
      `The app's command could not be started: ${app}: ${result.startError.message}`,
      {
        cause: result.startError,
        fix: "Correct `app` in cdk.json.",
      },
    );
  }
  const thrown = findThrownError(result.errorOutput, projectFolder);
  if (thrown !== undefined) return thrownFailure(thrown, app, projectFolder);
  const lines = result.errorOutput.trimEnd().split("\n");
  const said = lines.filter((line) => line !== "" && !STACK_LINE.test(line)).slice(-MAX_LINES);
  const code = result.exitCode === undefined ? "was killed" : `ended with exit code ${result.exitCode}`;
  return new UserError("AppFailed", [`The app's command ${code}: ${app}`, ...said.map(narrow)].join("\n"));
}

function thrownFailure({ message, place, constructPath }: ThrownError, app: string, projectFolder: string): UserError {
  const frame = place === undefined ? [] : renderPlace(place, projectFolder);
  const text = [...shorten(message.split("\n"), MAX_LINES - frame.length), ...frame].join("\n");
  const fix = tryFindHint(message, app);
  return new UserError("AppFailed", text, {
    ...(constructPath === undefined ? {} : { constructPath }),
    ...(fix === undefined ? {} : { fix }),
  });
}

function shorten(lines: readonly string[], limit: number): string[] {
  const shown = lines.map(narrow);
  if (shown.length <= limit) return shown;
  return [...shown.slice(0, limit - 1), `  … and ${shown.length - limit + 1} more lines`];
}

function narrow(line: string): string {
  return line.length > MAX_WIDTH ? `${line.slice(0, MAX_WIDTH)}…` : line;
}
