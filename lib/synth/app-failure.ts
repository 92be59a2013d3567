import { relative } from "node:path";
import { UserError } from "../errors.ts";
import type { CommandResult } from "./run-command.ts";

const NODE_ERROR = /^(?:Uncaught )?(?:[\w$.]*(?:Error|Exception)|AssertionError)(?: \[[\w.]+\])?: /;
const STACK_LINE = /^\s+at /;
const LAST_LINES = 20;

/** Says why an app failed: the error that it threw and where, or the last that it wrote. */
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
  const thrown = findThrown(result.errorOutput, projectFolder);
  if (thrown !== undefined) return new UserError("AppFailed", thrown);
  const said = result.errorOutput.trimEnd().split("\n").slice(-LAST_LINES).join("\n");
  const code = result.exitCode === undefined ? "was killed" : `ended with exit code ${result.exitCode}`;
  return new UserError("AppFailed", `The app's command ${code}: ${app}${said === "" ? "" : `\n${said}`}`);
}

/** The message of the error that ended a Node.js process, with the first line of the user's own in its stack. */
function findThrown(output: string, projectFolder: string): string | undefined {
  const lines = output.split("\n");
  const start = lines.findLastIndex((line) => NODE_ERROR.test(line));
  if (start === -1) return undefined;
  const length = lines.slice(start).findIndex((line) => STACK_LINE.test(line) || line === "Node.js " + process.version);
  const end = length === -1 ? lines.length : start + length;
  const message = lines.slice(start, end).join("\n").trimEnd().replace(NODE_ERROR, "");
  const place = ownPlace(lines.slice(end), projectFolder);
  return place === undefined ? message : `${message}\n  at ${place}`;
}

function ownPlace(lines: readonly string[], projectFolder: string): string | undefined {
  for (const line of lines) {
    const path = /(?:file:\/\/)?(\/[^()\s]+:\d+:\d+)\)?$/.exec(line)?.[1];
    if (path?.startsWith(projectFolder) === true && !path.includes("/node_modules/"))
      return relative(projectFolder, path);
  }
  return undefined;
}
