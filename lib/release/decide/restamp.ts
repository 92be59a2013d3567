import { isSameShape, shapeOf } from "../alias-shape.ts";
import type { NewEvent } from "../events.ts";
import type { AliasIntent, Member, Progress } from "../model.ts";
import { type Decision, type PlannedWrite, stay, type Tick } from "./decision.ts";
import { movingMembers, promotedShape } from "./members.ts";

/**
 * Writes the stamps again that CloudFormation erased with the pins: from them a journal that is lost comes back, and a
 * finished release can be reverted. It is tried once, and moves nothing. A description that the template gives
 * an alias stays: writing over it would be drift, and there the journal alone knows the way back.
 */
export function restamp(tick: Tick, events: readonly NewEvent[]): Decision {
  const writes = movingMembers(tick.release).flatMap((member) => planStamp(tick, member));
  const intents = writes.map(({ member, intent }): [string, Progress] => {
    const before = tick.release.progress[member.path] ?? { touched: true, failures: 0 };
    return [member.path, { ...before, intent }];
  });
  const progress = { ...tick.release.progress, ...Object.fromEntries(intents) };
  const release = { ...tick.release, progress, restamped: true as const };
  const common = { events, requests: [] };
  if (writes.length === 0) return stay(tick, release, { ...common, again: true });
  return stay(tick, release, {
    ...common,
    command: { kind: "write", batches: [writes], stopOnFailure: false, urgent: false },
  });
}

function planStamp({ release, observations, fence, now }: Tick, member: Member): PlannedWrite[] {
  const seen = observations.aliases.get(member.path);
  const goal = promotedShape(release, member);
  if (seen?.kind !== "seen" || seen.snapshot.description !== "" || !isSameShape(seen.snapshot, goal)) return [];
  const { revision } = seen.snapshot;
  const intent: AliasIntent = {
    goal,
    before: shapeOf(seen.snapshot),
    ...(revision === undefined ? {} : { revision }),
    alsoPossible: [],
    step: "live",
    fence,
    at: now,
  };
  return [{ member, intent }];
}
