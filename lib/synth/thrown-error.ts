import { relative } from "node:path";
import type { SourcePlace } from "./code-frame.ts";

/** The error that ended a Node.js process, as its output has it. */
export interface ThrownError {
  /** Without the name of the error's class. May have several lines. */
  readonly message: string;
  /** The path of the construct that aws-cdk-lib relates the error to, for example `Todo/Items`. */
  readonly constructPath?: string;
  /** The user's own line that is on top of the stack. */
  readonly place?: SourcePlace;
}

const NODE_ERROR = /^(?:Uncaught )?(?:[\w$.]*(?:Error|Exception)|AssertionError)(?: \[[\w.]+\])?: /;
/** Since 2.276, aws-cdk-lib writes `«PartitionKeyRequired» partitionKey is required`. */
const CDK_ERROR = /^(?:Uncaught )?(?:[\w$.]*Error: )?«(\w+)» /;
const END_OF_MESSAGE = /^\s+(?:at |\.\.\.\S.*\.\.\.$)|^Relates to construct:$|^Node\.js v\d|^ {4}<\.> \(/;
const TREE = /^ {4}([ └├│─]*)(\S.*?) \([\w.-]+\)$/u;
const PLACE = /(?:file:\/\/)?(\/[^()\s]+?):(\d+)(?::(\d+))?(?:\)| \(:\))?$/;
/** All problems of an app together: the line that is on top of the stack calls `synth`, and says nothing. */
const VALIDATION = "ValidationFailedWithErrors";

/** Finds the last error in the output of a Node.js process. Undefined where there is none. */
export function findThrownError(output: string, projectFolder: string): ThrownError | undefined {
  const lines = output.split("\n");
  const start = lines.findLastIndex((line) => NODE_ERROR.test(line) || CDK_ERROR.test(line));
  if (start === -1) return undefined;
  const length = lines.slice(start).findIndex((line, index) => index > 0 && END_OF_MESSAGE.test(line));
  const end = length === -1 ? lines.length : start + length;
  const cdkName = CDK_ERROR.exec(lines[start] ?? "")?.[1];
  const text = lines.slice(start, end).join("\n").trimEnd();
  const message = text.replace(CDK_ERROR, "").replace(NODE_ERROR, "");
  const rest = lines.slice(end);
  if (cdkName === VALIDATION) return { message };
  const place = findPlace(rest, projectFolder) ?? findPlace(lines.slice(0, start).toReversed(), projectFolder);
  const constructPath = pathInTree(rest);
  return {
    message,
    ...(place === undefined ? {} : { place }),
    ...(constructPath === undefined ? {} : { constructPath }),
  };
}

function findPlace(lines: readonly string[], projectFolder: string): SourcePlace | undefined {
  for (const line of lines) {
    const [, path, row, column] = PLACE.exec(line) ?? [];
    if (path === undefined || !path.startsWith(`${projectFolder}/`) || path.includes("/node_modules/")) continue;
    const file = relative(projectFolder, path);
    return { file, line: Number(row), ...(column === undefined ? {} : { column: Number(column) }) };
  }
  return undefined;
}

/** The ids below the app in the tree that aws-cdk-lib prints, joined. The last one is the construct that is meant. */
function pathInTree(lines: readonly string[]): string | undefined {
  const start = lines.findIndex((line) => line === "Relates to construct:");
  if (start === -1) return undefined;
  const ids: string[] = [];
  for (const line of lines.slice(start + 1)) {
    const [, , id] = TREE.exec(line) ?? [];
    if (id === undefined) break;
    if (id !== "<.>") ids.push(id);
  }
  return ids.length === 0 ? undefined : ids.join("/");
}
