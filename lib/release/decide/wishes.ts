import type { NewEvent } from "../events.ts";
import type { ReleaseRequest } from "../ports/journal-port.ts";
import type { Tick } from "./decision.ts";

/** The request of this kind that was left for this release, if any. */
export function wishFor(tick: Tick, verb: ReleaseRequest["verb"]): ReleaseRequest | undefined {
  return tick.observations.requests.find((wish) => wish.verb === verb && wish.release === tick.release.id);
}

/** The requests without the one that was taken. */
export function without(tick: Tick, taken: ReleaseRequest): readonly ReleaseRequest[] {
  return tick.observations.requests.filter((wish) => wish !== taken);
}

/** The event of a request that was taken. */
export function wishTaken(wish: ReleaseRequest): NewEvent {
  const text = `${wish.verb} requested by ${wish.actor}${wish.reason === undefined ? "" : `: ${wish.reason}`}`;
  return { code: "RequestTaken", text, trigger: "user", actor: wish.actor };
}

/** The event of a request that came when it could not be met. */
export function wishIgnored(wish: ReleaseRequest, why: string): NewEvent {
  return {
    code: "RequestIgnored",
    text: `${wish.verb} by ${wish.actor} ignored: ${why}`,
    trigger: "user",
    actor: wish.actor,
  };
}

/** Events for all requests, where none of them can be met. */
export function ignoreWishes(tick: Tick, why: string): NewEvent[] {
  return tick.observations.requests.map((wish) => wishIgnored(wish, why));
}
