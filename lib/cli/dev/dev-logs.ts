import type { AssemblyStack } from "../../assembly/assembly.ts";
import type { Target } from "../../deploy/target.ts";
import type { IoHost } from "../../io/message.ts";
import { functionsOf } from "../../look/app/app-functions.ts";
import { readApp } from "../../look/app/read-app.ts";
import { followLogEvents } from "../../look/logs/follow-events.ts";
import { logSourcesOf } from "../../look/logs/log-source.ts";
import { mapEvent } from "../../look/logs/mapped-event.ts";
import { CodeMaps } from "../../look/traces/code-maps.ts";
import { filesOf } from "../../look/traces/source-path.ts";
import { logDocument, LogLines } from "../render-logs.ts";

/** Whose logs are followed, and how they are shown. */
export interface DevLogsOptions {
  readonly target: Target;
  readonly stacks: readonly AssemblyStack[];
  readonly projectFolder: string;
  readonly host: IoHost;
  readonly isVerbose: boolean;
  readonly isColored: boolean;
  /** Resolves while nothing is brought live: a save comes first. */
  readonly pause: () => Promise<void>;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** Each look is a call for each function: a large app is looked at more rarely. */
const EVERY_MS = { least: 250, perFunction: 25 };

/** Shows what the app's functions log, as it comes, until the signal aborts. Never rejects. */
export async function followDevLogs(options: DevLogsOptions): Promise<void> {
  const { host, signal } = options;
  try {
    await follow(options);
  } catch (error) {
    if (signal.aborted) return;
    const reason = error instanceof Error ? error.message : String(error);
    host.notify({ code: "DevLogsLost", level: "warn", text: `The functions' logs cannot be followed: ${reason}` });
  }
}

async function follow(options: DevLogsOptions): Promise<void> {
  const { target, stacks, projectFolder, host, signal, isVerbose, isColored, pause } = options;
  const from = target.aws.clock.now();
  const functions = functionsOf(await readApp({ target, stacks, app: undefined }));
  const sources = await logSourcesOf(functions);
  const mapper = { maps: new CodeMaps(projectFolder), exists: filesOf(projectFolder) };
  const lines = new LogLines({ isVerbose, isColored });
  const everyMs = Math.max(EVERY_MS.least, EVERY_MS.perFunction * sources.length);
  for await (const event of followLogEvents(sources, { from }, { signal, everyMs, pause })) {
    const mapped = await mapEvent(event, mapper);
    const text = lines.of(mapped).join("\n");
    if (text !== "") host.notify({ code: "DevLog", level: "info", text, data: logDocument(mapped) });
  }
}
