import { Aws } from "../aws/aws.ts";
import { logSourcesOf } from "../look/logs/log-source.ts";
import { readLogEvents } from "../look/logs/read-events.ts";
import type { ResourceName } from "./app-resources.ts";
import { functionName, type AppView } from "./app-view.ts";

/** Which lines of a function's log are read. */
export interface LogOptions {
  /** A filter pattern of CloudWatch Logs, for example `?ERROR ?Warn`. @default - every line */
  readonly filter?: string;
  /** With the lines that Lambda writes itself: starts, ends and reports of calls. @default false */
  readonly platform?: boolean;
}

/** What Lambda itself writes into a function's log. */
const OF_LAMBDA: ReadonlySet<string> = new Set(["init", "start", "end", "report"]);

/** The lines of a function's log, oldest first. A function that has not run yet has none. */
export async function readLogs(app: AppView, fn: ResourceName, { filter, platform }: LogOptions): Promise<string[]> {
  const { name, path, region } = functionName(app, fn);
  // A connection of its own: a role's session ends after an hour of the cloud's time, which a test may move.
  const aws = new Aws(app.place);
  const lines: string[] = [];
  try {
    const sources = await logSourcesOf([{ path, functionName: name, target: { aws: aws.inRegion(region) } }]);
    const query = { from: 0, ...(filter === undefined ? {} : { pattern: filter }) };
    for await (const { kind, message } of readLogEvents(sources, query)) {
      if (platform === true || !OF_LAMBDA.has(kind)) lines.push(message);
    }
  } finally {
    await aws.close();
  }
  return lines;
}
