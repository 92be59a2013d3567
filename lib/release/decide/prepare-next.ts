import type { NewEvent } from "../events.ts";
import type { Member, Preparation, Readiness, Release } from "../model.ts";
import { abort, type Decision, type SeenVersion, stay, type Tick } from "./decision.ts";
import { judgeReadiness, type Standing } from "./readiness.ts";

const LOOK_MS = 5_000;
/** Lambda prepares a snapshot or network interfaces within minutes, and provisions some thousand environments a minute. */
const PATIENCE_MS = 15 * 60_000;

/**
 * Waits until every new version is Active and has its provisioned concurrency, before any traffic reaches one. A version
 * that never will, or not in time, ends the release with AWS's reason. Undefined: all are ready.
 */
export function prepareNext(
  tick: Tick,
  members: readonly Member[],
  seen: ReadonlyMap<string, SeenVersion>,
): Decision | undefined {
  const { release, observations, now } = tick;
  const standings = members.flatMap((member): [string, Standing][] => {
    const version = seen.get(member.path);
    return version === undefined ? [] : [[member.path, judgeReadiness(release, member.path, member.next!, version)]];
  });
  const ended = observations.effect?.kind === "prepare" ? observations.effect : undefined;
  const refused = (ended?.refused ?? []).map(refusalText);
  const lost = standings.flatMap(([, one]) => (one.kind === "never" || one.kind === "short" ? [one.text] : []));
  const problems = [...refused, ...lost];
  if (problems.length > 0) return abort(tick, release, { trigger: "preflight", text: problems.join("; ") });
  const waiting = standings.flatMap(([path, one]) => (one.kind === "wait" ? [{ path, ...one }] : []));
  const { told, events } = tell(release, standings);
  if (waiting.length === 0) {
    return events.length === 0 ? undefined : stay(tick, told, { events, wakeAt: now });
  }
  if (now - release.enteredAt >= PATIENCE_MS) {
    const text = `not ready after ${PATIENCE_MS / 60_000} minutes: ${waiting.map((one) => one.text).join("; ")}`;
    return abort(tick, told, { trigger: "timeout", text }, events);
  }
  const preparations = waiting.flatMap(({ preparation }) => (preparation === undefined ? [] : [preparation]));
  if (preparations.length === 0 || ended !== undefined) return stay(tick, told, { events, wakeAt: now + LOOK_MS });
  return prepare(tick, told, preparations, events);
}

/** Journals what is to be done for versions, and has it done. */
export function prepare(
  tick: Tick,
  release: Release,
  preparations: readonly Preparation[],
  events: readonly NewEvent[],
): Decision {
  const effect = { kind: "prepare", preparations, fence: tick.fence, at: tick.now } as const;
  return stay(tick, { ...release, effect }, { events, command: { kind: "prepare", effect } });
}

/** What AWS did not do for a version, for people. */
export function refusalText({ path, version, provision, reason }: Preparation & { readonly reason: string }): string {
  const what = provision === undefined ? "could not be woken" : `gets no provisioned concurrency of ${provision}`;
  return `${path}: version ${version} ${what}: ${reason}`;
}

/** Reports a version that has to be waited for whenever that changes, and once when it is ready. */
function tell(release: Release, standings: readonly (readonly [string, Standing])[]) {
  const events: NewEvent[] = [];
  const progress = { ...release.progress };
  for (const [path, standing] of standings) {
    const before = progress[path] ?? { touched: false, failures: 0 };
    const readiness = readinessOf(path, standing, before.readiness);
    if (readiness === undefined || readiness.text === before.readiness?.text) continue;
    progress[path] = { ...before, readiness };
    const code = readiness.kind === "awaited" ? "VersionAwaited" : "VersionReady";
    events.push({ code, text: readiness.text, trigger: "policy" });
  }
  return { told: { ...release, progress }, events };
}

function readinessOf(path: string, standing: Standing, before: Readiness | undefined): Readiness | undefined {
  if (standing.kind === "wait") return { kind: "awaited", text: standing.text };
  if (standing.kind !== "ready" || before?.kind !== "awaited") return undefined;
  return { kind: "ready", text: `${path}: the new version is ready` };
}
