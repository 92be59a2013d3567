import { UserError } from "../../errors.ts";
import { EVENT_SAMPLES } from "../../events/samples.ts";
import { setPath } from "../../look/invoke/set-path.ts";
import { sendEvent } from "../../look/send/send-event.ts";
import { findSendTarget } from "../../look/send/send-target.ts";
import { escapeControls } from "../../util/escape-controls.ts";
import { textIn } from "../../util/plain-record.ts";
import { EXIT } from "../exit-codes.ts";
import { findSample } from "../find-sample.ts";
import { reachApp } from "../look-at.ts";
import { changesOf, readPayload } from "../read-payload.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

/** Lists the samples. */
export function runEventsList(): Promise<VerbResult> {
  const width = Math.max(...EVENT_SAMPLES.map(({ name }) => name.length));
  return Promise.resolve({
    exitCode: EXIT.done,
    document: { events: EVENT_SAMPLES.map(({ name, summary }) => ({ name, summary })) },
    lines: EVENT_SAMPLES.map(({ name, summary }) => `${name.padEnd(width)}  ${summary}`),
  });
}

/** Prints a sample. */
export function runEventsShow(options: Options): Promise<VerbResult> {
  const sample = findSample(String(options["type"])).build();
  const event = changesOf(options["set"]).reduce(setPath, sample);
  return Promise.resolve({
    exitCode: EXIT.done,
    document: event,
    lines: escapeControls(JSON.stringify(event, null, 2)).split("\n"),
  });
}

/** Sends an event to a resource of the app. */
export async function runEventsSend(options: Options, context: VerbContext): Promise<VerbResult> {
  const argument = textIn(options["payload"]);
  const file = textIn(options["file"]);
  const changes = changesOf(options["set"]);
  if (argument === undefined && file === undefined && changes.length === 0) {
    throw new UserError("UsageWrong", "There is nothing to send", {
      fix: `Give it as JSON: tidegate events send ${String(options["target"])} '{"id": 7}', or with --file.`,
    });
  }
  const { connection, stacks } = await reachApp(options, context);
  const target = findSendTarget(stacks, String(options["target"]));
  const folder = context.folder;
  const body = await readPayload({ argument, file, sample: undefined, replay: undefined, changes, folder });
  const id = await sendEvent(target, {
    body,
    detailType: textIn(options["detailType"]),
    source: textIn(options["source"]),
    key: textIn(options["key"]),
  });
  const { kind, path } = target;
  return {
    exitCode: EXIT.done,
    document: { stage: connection.stage.name, kind, path, id },
    lines: [`Sent to the ${kind} ${path}: ${id}`].map(escapeControls),
  };
}
