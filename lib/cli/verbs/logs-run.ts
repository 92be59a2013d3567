import { chooseFunctions, functionsOf } from "../../look/app/app-functions.ts";
import type { AppFunction } from "../../look/app/app-resource.ts";
import { findVersion } from "../../look/app/find-version.ts";
import { followLogEvents } from "../../look/logs/follow-events.ts";
import { isFailure, type LogEvent } from "../../look/logs/log-event.ts";
import { type LogSource, logSourcesOf } from "../../look/logs/log-source.ts";
import { mapEvent } from "../../look/logs/mapped-event.ts";
import { readLogEvents } from "../../look/logs/read-events.ts";
import { readRequestEvents } from "../../look/logs/request-events.ts";
import { type TraceMapper, traceMapperOf } from "../../look/traces/trace-mapper.ts";
import { UserError } from "../../errors.ts";
import { EXIT } from "../exit-codes.ts";
import { parseCount } from "../parse-count.ts";
import { type LookedAt, lookAtApp } from "../look-at.ts";
import { parseDuration } from "../../util/parse-duration.ts";
import { logDocument, LogLines } from "../render-logs.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

const DEFAULT_SINCE = "10m";
const DEFAULT_SINCE_OF_REQUEST = "1d";
/** CloudWatch Logs takes a few calls a second; the local cloud takes any number. */
const FOLLOW_EVERY_MS = { local: 200, remote: 2_000 };

interface Wanted {
  readonly sources: readonly LogSource[];
  readonly from: number;
  readonly pattern?: string;
  readonly requestId?: string;
  readonly onlyFailures: boolean;
  readonly count: number;
}

/** Shows what the app's functions logged. Changes nothing. */
export async function runLogs(options: Options, context: VerbContext): Promise<VerbResult> {
  refuseMixed(options);
  const count = parseCount(options["lines"], "--lines");
  const since = parseDuration(options["since"] ?? (options["requestId"] ? DEFAULT_SINCE_OF_REQUEST : DEFAULT_SINCE));
  const looked = await lookAtApp(options, context);
  const { project, target, stage } = looked.connection;
  const functions = chooseFunctions(functionsOf(looked.stacks), options["functions"]);
  const sources = await sourcesOf(functions, options["version"], looked);
  const { filter, requestId } = options;
  const wanted: Wanted = {
    sources,
    from: target.aws.clock.now() - since,
    onlyFailures: options["errors"] === true,
    count,
    ...(typeof filter === "string" && { pattern: filter }),
    ...(typeof requestId === "string" && { requestId }),
  };
  const mapper = traceMapperOf(project.folder);
  const isVerbose = options["verbose"] === true;
  if (options["follow"] === true) {
    const everyMs = stage.name === "local" ? FOLLOW_EVERY_MS.local : FOLLOW_EVERY_MS.remote;
    return follow(wanted, { mapper, isVerbose, everyMs, context });
  }
  const events = await Promise.all((await newest(wanted)).map((event) => mapEvent(event, mapper)));
  const lines = new LogLines({ isVerbose, isColored: isColored(context) });
  return {
    exitCode: EXIT.done,
    document: { stage: stage.name, functions: functions.map(({ path }) => path), events: events.map(logDocument) },
    lines: events.length === 0 ? [nothing(functions, options, since)] : events.flatMap((event) => lines.of(event)),
  };
}

function refuseMixed(options: Options): void {
  if (options["follow"] === true && options["requestId"] !== undefined) {
    throw new UserError("UsageWrong", "--follow and --request-id are given together", {
      fix: "Leave out --follow: the lines of a request that is over are all there.",
    });
  }
}

async function sourcesOf(
  functions: readonly AppFunction[],
  version: unknown,
  { findStaged }: LookedAt,
): Promise<readonly LogSource[]> {
  const sources = await logSourcesOf(functions);
  if (typeof version !== "string") return sources;
  // Functions that no release moves have neither a stable nor a next version: they are left out, unless they were named.
  const released = functions.filter(({ alias }) => alias !== undefined);
  const able = /^\d+$/.test(version) || released.length === 0 ? functions : released;
  const versions = new Map(
    await Promise.all(able.map(async (fn) => [fn.path, await findVersion(version, fn, findStaged)] as const)),
  );
  return sources.flatMap((source) => {
    const found = versions.get(source.path);
    return found === undefined ? [] : [{ ...source, version: found }];
  });
}

async function newest({ sources, from, pattern, requestId, onlyFailures, count }: Wanted): Promise<LogEvent[]> {
  if (requestId !== undefined) return (await readRequestEvents(sources, requestId, from)).slice(-count);
  const kept: LogEvent[] = [];
  for await (const event of readLogEvents(sources, { from, ...(pattern !== undefined && { pattern }) })) {
    if (onlyFailures && !isFailure(event)) continue;
    kept.push(event);
    if (kept.length > count * 2) kept.splice(0, kept.length - count);
  }
  return kept.slice(-count);
}

interface Following {
  readonly mapper: TraceMapper;
  readonly isVerbose: boolean;
  readonly everyMs: number;
  readonly context: VerbContext;
}

/** Ends when the user stops it, which is success: there is nothing to roll back. */
async function follow(wanted: Wanted, { mapper, isVerbose, everyMs, context }: Following): Promise<VerbResult> {
  const { sources, from, pattern, onlyFailures } = wanted;
  const lines = new LogLines({ isVerbose, isColored: isColored(context) });
  const query = { from, ...(pattern !== undefined && { pattern }) };
  for await (const event of followLogEvents(sources, query, { signal: context.signal, everyMs })) {
    if (onlyFailures && !isFailure(event)) continue;
    const mapped = await mapEvent(event, mapper);
    if (context.json) context.print(JSON.stringify(logDocument(mapped)));
    else for (const line of lines.of(mapped)) context.print(line);
  }
  return { exitCode: EXIT.done, document: undefined };
}

function isColored({ env, json }: VerbContext): boolean {
  return !json && process.stdout.isTTY && (env["NO_COLOR"] ?? "") === "";
}

function nothing(functions: readonly AppFunction[], options: Options, sinceMs: number): string {
  const what = options["errors"] === true ? "errors" : "events";
  const which = functions.length === 1 ? functions[0]?.path : `${functions.length} functions`;
  return `No ${what} of ${which} in the last ${Math.round(sinceMs / 1000)} s. Look further back with --since 1d, or wait for new ones with --follow.`;
}
