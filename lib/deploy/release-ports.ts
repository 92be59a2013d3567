import {
  createAwsPorts,
  describeLook,
  type ReleaseEvent,
  type ReleaseLook,
  type ReleasePorts,
} from "../release/engine.ts";
import type { IoHost, MessageLevel } from "../io/message.ts";
import { renderProgress } from "../io/render-progress.ts";
import { escapeControls } from "../util/escape-controls.ts";
import { addressOf, type LocatedJournal } from "./journal/locate-journal.ts";
import type { Target } from "./target.ts";

/** The engine's ports on a target. */
export interface ReleaseConnection {
  readonly ports: ReleasePorts;
  /** Where the journal is. */
  readonly located: LocatedJournal;
  /** Ends a wait that is under way, so that a request is seen at once. */
  readonly wake: () => void;
}

/** What the connection needs around it. */
export interface ReleaseConnectionOptions {
  readonly host: IoHost;
  readonly located: LocatedJournal;
}

const QUIET: ReadonlySet<ReleaseEvent["code"]> = new Set(["AliasWriteIntended"]);
const LOUD: ReadonlySet<ReleaseEvent["code"]> = new Set([
  "StagingFailed",
  "AliasWriteFailed",
  "AliasDrifted",
  "HookFailed",
  "FinaliseFailed",
  "GapSeen",
  "DependenciesGone",
  "OldResourcesLeft",
]);

/** Connects the release engine to a target; each event of the journal is shown as a message. */
export function connectRelease(
  target: Target,
  app: string,
  { host, located }: ReleaseConnectionOptions,
): ReleaseConnection {
  let waking = new AbortController();
  const ports = createAwsPorts(target.aws, {
    ...addressOf(target, app, located.bucket),
    onTransition: (_release, events) => {
      for (const event of events) tellEvent(host, event);
    },
    onLook: (look) => notifyLook(host, look),
    onTrouble: (error, untilMs) => notifyTrouble(host, error, untilMs),
  });
  const { clock } = ports;
  return {
    located,
    wake: () => {
      waking.abort();
      waking = new AbortController();
    },
    ports: {
      ...ports,
      clock: {
        now: () => clock.now(),
        sleep: (durationMs, signal) =>
          clock.sleep(durationMs, signal === undefined ? waking.signal : AbortSignal.any([signal, waking.signal])),
      },
    },
  };
}

function notifyLook(host: IoHost, look: ReleaseLook): void {
  const progress = describeLook(look);
  const { kind: _kind, ...data } = progress;
  host.notify({
    code: "ReleaseProgress",
    level: "info",
    text: escapeControls(renderProgress(progress)),
    data,
    progress,
  });
}

function notifyTrouble(host: IoHost, error: Error, untilMs: number): void {
  const until = new Date(untilMs).toISOString();
  const text = `The journal fails, and is tried again until ${until}: ${escapeControls(error.message)}`;
  host.notify({ code: "JournalTrouble", level: "warn", text, data: { message: error.message, until } });
}

/** Shows an event of the journal as a message. */
export function tellEvent(host: IoHost, event: ReleaseEvent): void {
  host.notify({ code: event.code, level: levelOf(event.code), text: escapeControls(event.text), data: event });
}

function levelOf(code: ReleaseEvent["code"]): MessageLevel {
  if (LOUD.has(code)) return "warn";
  return QUIET.has(code) ? "debug" : "info";
}
