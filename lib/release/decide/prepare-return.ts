import type { NewEvent } from "../events.ts";
import type { Member, Preparation, Progress, Readiness, Release } from "../model.ts";
import type { Decision, Tick } from "./decision.ts";
import { restorableMembers, restoredShape } from "./members.ts";
import { prepare, refusalText } from "./prepare-next.ts";
import { judgeReadiness, type Standing } from "./readiness.ts";

const LOOK_MS = 5_000;
/** How long traffic stays where it is for a version that is to take it back. */
const PATIENCE_MS = 5 * 60_000;
/** A version whose state cannot be read is not waited for longer. */
const UNREADABLE_PATIENCE_MS = 20_000;
/** A version that served within this time is Active, and kept its provisioned concurrency. */
const STAYS_READY_MS = 7 * 24 * 60 * 60_000;

/** What a rollback has to know before it moves traffic onto versions that have had none. */
export interface Return {
  readonly release: Release;
  readonly events: readonly NewEvent[];
  /** Aliases that stay where they are for now, by member path, and until when. */
  readonly held: ReadonlyMap<string, number>;
  /** Aliases that cannot go back, and why: the version there serves nothing. */
  readonly lost: ReadonlyMap<string, string>;
  /** Set: this comes first. */
  readonly first?: Decision;
}

/** Members whose version to go back to has to be looked at: it may have lost its traffic long ago. */
export function returningMembers(release: Release, now: number): readonly Member[] {
  const isLongAgo = now - (release.shiftedAt ?? release.createdAt) > STAYS_READY_MS;
  if (release.kind !== "rollback" && !isLongAgo) return [];
  return restorableMembers(release).filter((member) => {
    const { readiness } = release.progress[member.path] ?? {};
    const isSettled = readiness?.kind === "ready" || readiness?.kind === "short";
    return member.kind === "function" && !isSettled && mayHaveLeft(release, member);
  });
}

/** The alias may serve another version: it was seen there, or a write whose outcome is not known leads there. */
function mayHaveLeft(release: Release, member: Member): boolean {
  const { verified, intent, byStacks } = release.progress[member.path] ?? {};
  const written = intent === undefined ? [] : [intent.before, intent.goal, ...intent.alsoPossible];
  const possible = [verified, byStacks, ...written].filter((shape) => shape !== undefined);
  return possible.length === 0 || possible.some(({ primary }) => primary !== restoredShape(release, member).primary);
}

/**
 * Looks at every version that is to take traffic back: an Inactive one is woken, and provisioned concurrency that was
 * released is put back. That is waited for, but not for long: then traffic moves without provisioned concurrency. It
 * never moves onto a version that is not Active, as that would fail every request.
 */
export function prepareReturn(tick: Tick): Return {
  const members = returningMembers(tick.release, tick.now).filter((member) => !isThere(tick, member));
  if (members.length === 0) return { release: tick.release, events: [], held: new Map(), lost: new Map() };
  const release = { ...tick.release, readyBy: tick.release.readyBy ?? tick.now + PATIENCE_MS };
  const events: NewEvent[] = [];
  const held = new Map<string, number>();
  const lost = new Map<string, string>();
  const preparations: Preparation[] = [];
  const progress: Record<string, Progress> = { ...release.progress };
  for (const member of members) {
    const { path } = member;
    const before = progress[path] ?? { touched: false, failures: 0 };
    const verdict = judgeReturn({ ...tick, release }, member);
    if (verdict.kind === "lost") lost.set(path, verdict.text);
    if (verdict.kind === "held") held.set(path, tick.now + LOOK_MS);
    if (verdict.kind === "held" && verdict.preparation !== undefined) preparations.push(verdict.preparation);
    const readiness = readinessOf(verdict, before.readiness);
    if (readiness === undefined) continue;
    progress[path] = { ...before, readiness };
    const isNews = readiness.kind !== "ready" || before.readiness !== undefined;
    if (isNews && readiness.text !== before.readiness?.text) events.push(newsOf(readiness));
  }
  const next = { ...release, progress };
  const result = { release: next, events, held, lost };
  const hasActed = tick.observations.effect?.kind === "prepare";
  if (preparations.length === 0 || hasActed) return { ...result, release: withoutPreparation(next) };
  return { ...result, first: { ...prepare(tick, next, preparations, events), requests: [] } };
}

function withoutPreparation(release: Release): Release {
  return release.effect?.kind === "prepare" ? { ...release, effect: undefined } : release;
}

type Verdict =
  | { readonly kind: "free"; readonly text: string; readonly isShort: boolean }
  | { readonly kind: "held"; readonly text: string; readonly preparation?: Preparation }
  | { readonly kind: "lost"; readonly text: string };

function judgeReturn(tick: Tick, member: Member): Verdict {
  const { release, observations, now } = tick;
  const { path } = member;
  const version = restoredShape(release, member).primary;
  const seen = observations.targets?.get(path) ?? { kind: "unreadable", reason: "not read" };
  const timeLeftMs = release.readyBy! - now;
  if (seen.kind === "unreadable") {
    const text = `${path}: the state of version ${version} cannot be read: ${seen.reason}`;
    if (timeLeftMs > PATIENCE_MS - UNREADABLE_PATIENCE_MS) return { kind: "held", text };
    return { kind: "free", text: `${text}; traffic goes back all the same`, isShort: true };
  }
  const standing = judgeReadiness(release, path, version, seen.value);
  const ended = observations.effect?.kind === "prepare" ? observations.effect.refused : [];
  const refused = ended.find((one) => one.path === path);
  if (standing.kind === "wait") return judgeWait(standing, timeLeftMs, refused && refusalText(refused));
  if (standing.kind === "never") return { kind: "lost", text: `${standing.text} and cannot serve: ${ELSEWHERE}` };
  if (standing.kind === "short") return { kind: "free", text: withoutConcurrency(standing.text), isShort: true };
  return { kind: "free", text: `${path}: version ${version} is ready`, isShort: false };
}

const ELSEWHERE = "go back to another release with `rollback <release>`, or deploy";

function judgeWait(
  standing: Extract<Standing, { kind: "wait" }>,
  timeLeftMs: number,
  refused: string | undefined,
): Verdict {
  const { text, preparation, isActive } = standing;
  // AWS refused: waiting does not change that.
  if (isActive && refused !== undefined) return { kind: "free", text: withoutConcurrency(refused), isShort: true };
  if (timeLeftMs > 0)
    return { kind: "held", text: refused ?? text, ...(preparation === undefined ? {} : { preparation }) };
  const waited = `${text} after ${PATIENCE_MS / 60_000} minutes`;
  if (isActive) return { kind: "free", text: withoutConcurrency(waited), isShort: true };
  return { kind: "lost", text: `${refused ?? waited}: wait and run \`rollback\` again, or ${ELSEWHERE}` };
}

function withoutConcurrency(text: string): string {
  return `${text}; traffic goes back without it, so first calls may start cold`;
}

function isThere({ release, observations }: Tick, member: Member): boolean {
  const alias = observations.aliases.get(member.path);
  return alias?.kind !== "seen" || alias.snapshot.primary === restoredShape(release, member).primary;
}

function readinessOf(verdict: Verdict, before: Readiness | undefined): Readiness | undefined {
  const { text } = verdict;
  if (verdict.kind === "held") return { kind: "awaited", text };
  if (verdict.kind === "lost") return before;
  return { kind: verdict.isShort ? "short" : "ready", text };
}

function newsOf({ kind, text }: Readiness): NewEvent {
  const codes = { awaited: "VersionAwaited", ready: "VersionReady", short: "VersionNotReady" } as const;
  return { code: codes[kind], text, trigger: "policy" };
}
