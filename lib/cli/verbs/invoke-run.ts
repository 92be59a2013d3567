import { UserError } from "../../errors.ts";
import { findFunction, functionsOf } from "../../look/app/app-functions.ts";
import { findVersion } from "../../look/app/find-version.ts";
import { type CallOutcome, type FunctionCall, invokeFunction } from "../../look/invoke/invoke-function.ts";
import { readKeptEvent } from "../../look/invoke/kept-event.ts";
import { traceMapperOf } from "../../look/traces/trace-mapper.ts";
import { textIn } from "../../util/plain-record.ts";
import { EXIT } from "../exit-codes.ts";
import { reachApp } from "../look-at.ts";
import { changesOf, readPayload } from "../read-payload.ts";
import { renderCall, renderRecord } from "../render-call.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** Calls a function of the app. Ends with 1 where the function fails. */
export async function runInvoke(options: Options, context: VerbContext): Promise<VerbResult> {
  const mode = modeOf(options);
  const { connection, stacks, findStaged } = await reachApp(options, context);
  const fn = findFunction(functionsOf(stacks), String(options["function"]));
  const version = textIn(options["version"]);
  const replay = textIn(options["replay"]);
  const payload = await readPayload({
    argument: textIn(options["payload"]),
    file: textIn(options["file"]),
    sample: textIn(options["event"]),
    replay: replay === undefined ? undefined : () => readKeptEvent(fn, replay),
    changes: changesOf(options["set"]),
    folder: context.folder,
  });
  const qualifier = version !== undefined ? await findVersion(version, fn, findStaged) : fn.alias;
  const call: FunctionCall = { fn, payload, mode, ...(qualifier === undefined ? {} : { qualifier }) };
  const outcome = await invokeFunction(call, traceMapperOf(connection.project.folder));
  for (const record of outcome.log) {
    const text = renderRecord(record, options["verbose"] === true);
    if (text !== undefined) context.host.notify({ code: "FunctionLog", level: "info", text, data: record });
  }
  return toResult(call, outcome, connection.stage.name);
}

function modeOf(options: Options): FunctionCall["mode"] {
  if (options["async"] === true && options["dryRun"] === true) {
    throw new UserError("UsageWrong", "--async and --dry-run are given together", { fix: "Give one of them." });
  }
  if (options["async"] === true) return "async";
  return options["dryRun"] === true ? "dry-run" : "wait";
}

function toResult(call: FunctionCall, outcome: CallOutcome, stage: string): VerbResult {
  const { fn, mode } = call;
  const { answer, ...rest } = outcome;
  return {
    exitCode: outcome.error === undefined ? EXIT.done : EXIT.failed,
    document: {
      stage,
      function: fn.path,
      functionName: fn.functionName,
      mode,
      ...rest,
      ...(answer === undefined ? {} : { answer }),
    },
    lines: renderCall(call, outcome),
  };
}
