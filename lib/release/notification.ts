import type { ReleaseEvent } from "./events.ts";
import type { NotificationContext } from "./ports/ports.ts";
import { redact } from "../util/redact.ts";

/** EventBridge's `source` of all release events. */
export const NOTIFICATION_SOURCE = "tidegate.release";

/** What a subscriber receives: the message of a topic, the `detail` of a bus. */
export interface Notification {
  readonly version: 1;
  /** The same for each delivery of an event: `app/stage/sequence`. */
  readonly id: string;
  readonly app: string;
  readonly stage: string;
  readonly release: string;
  /** Counts from 1 for each app and stage; events that are not published leave gaps. */
  readonly sequence: number;
  /** ISO 8601, of the endpoint's clock. */
  readonly time: string;
  readonly event: ReleaseEvent["code"];
  /** The release's state after this event. */
  readonly state: ReleaseEvent["state"];
  readonly text: string;
  readonly trigger: ReleaseEvent["trigger"];
  readonly actor: string;
  readonly commit?: string;
  readonly templateDigest: string;
}

const LONGEST_TEXT = 4_000;

/** An event's notification, as JSON without credentials. */
export function renderNotification(event: ReleaseEvent, { app, stage }: NotificationContext): string {
  const { seq: sequence, release, at, code, state, text, trigger, actor, commit, templateDigest } = event;
  const notification: Notification = {
    version: 1,
    id: `${app}/${stage}/${sequence}`,
    app,
    stage,
    release,
    sequence,
    time: new Date(at).toISOString(),
    event: code,
    state,
    text: text.slice(0, LONGEST_TEXT),
    trigger,
    actor,
    ...(commit === undefined ? {} : { commit }),
    templateDigest,
  };
  return redact(JSON.stringify(notification));
}

/** For example `Release Rolled Back` for a transition, `Release Step Verified` for what happens in a state. */
export function notificationType({ code, state }: ReleaseEvent): string {
  const name = code === "StateEntered" && state !== undefined ? toPascalCase(state) : code.replace(/^Release/, "");
  return `Release ${name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")}`;
}

function toPascalCase(state: string): string {
  return state
    .toLowerCase()
    .split("_")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join("");
}
