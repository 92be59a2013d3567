import { getKnown } from "../../util/get-known.ts";
import { describeShape, describeTarget, isSameShape, shapeOf } from "../alias-shape.ts";
import { tryParseStamp } from "../alias-stamp.ts";
import type { NewEvent } from "../events.ts";
import type { AliasIntent, AliasShape, Member, Progress, Release, Straggler } from "../model.ts";
import { buildLevels } from "../order.ts";
import type { AliasSnapshot } from "../ports/ports.ts";
import type { Command, PlannedWrite, Tick } from "./decision.ts";

/** How often an alias is tried in a row before its member counts as out of reach. */
const MAX_FAILURES = 10;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Where the aliases are to go, and in which manner. */
export interface ConvergenceOrder {
  readonly members: readonly Member[];
  readonly goalOf: (release: Release, member: Member) => AliasShape;
  readonly step: string;
  /** `callees-first` waits for each level; `callers-first` continues past failures. */
  readonly direction: "callees-first" | "callers-first";
  /** Aliases that are not written for now, by member path, and until when. */
  readonly held?: ReadonlyMap<string, number>;
  /** Aliases that are not written at all, by member path, and why. */
  readonly lost?: ReadonlyMap<string, string>;
  /** Paths of members that hold nothing up: they are tried once. */
  readonly triedOnce?: ReadonlySet<string>;
}

/** How far the aliases are from where they should be, and what to do about it. */
export interface Convergence {
  readonly release: Release;
  readonly events: readonly NewEvent[];
  /** Every alias that can get there is there. */
  readonly settled: boolean;
  /** Aliases that were moved outside this release, with the evidence. */
  readonly foreign: readonly Straggler[];
  /** Aliases that were tried too often. */
  readonly unreachable: readonly Straggler[];
  readonly command?: Command;
  readonly wakeAt?: number;
}

type Position =
  | { readonly kind: "there"; readonly progress: Progress; readonly event?: NewEvent }
  | { readonly kind: "write"; readonly snapshot: AliasSnapshot; readonly progress: Progress }
  | { readonly kind: "wait"; readonly until: number; readonly progress: Progress; readonly event?: NewEvent }
  | { readonly kind: "unreachable"; readonly reason: string; readonly progress: Progress }
  | { readonly kind: "foreign"; readonly reason: string };

/** Compares every alias with its goal. Pure: the intents it returns have to be journalled before they are acted on. */
export function converge(tick: Tick, order: ConvergenceOrder): Convergence {
  const positions = new Map(order.members.map((member) => [member.path, locate(tick, order, member)]));
  const events: NewEvent[] = [];
  const progress: Record<string, Progress> = { ...tick.release.progress };
  const foreign: Straggler[] = [];
  const unreachable: Straggler[] = [];
  for (const [path, position] of positions) {
    if ("progress" in position) progress[path] = position.progress;
    if ("event" in position && position.event !== undefined) events.push(position.event);
    if (position.kind === "foreign") foreign.push({ path, reason: position.reason });
    if (position.kind === "unreachable") unreachable.push({ path, reason: position.reason });
  }
  const held = foreign.length > 0 && order.direction === "callees-first";
  const batches = held ? [] : planBatches(tick, order, positions);
  for (const { member, intent } of batches.flat()) {
    progress[member.path] = { ...progress[member.path]!, intent, touched: true };
    events.push(intended(member, intent));
  }
  const waits = [...positions.values()].flatMap((position) => (position.kind === "wait" ? [position.until] : []));
  return {
    release: { ...tick.release, progress },
    events,
    settled: batches.length === 0 && waits.length === 0,
    foreign,
    unreachable,
    ...(batches.length === 0 ? {} : { command: writeCommand(order, batches) }),
    ...(waits.length === 0 ? {} : { wakeAt: Math.min(...waits) }),
  };
}

function locate(tick: Tick, order: ConvergenceOrder, member: Member): Position {
  const progress = countFailure(tick, progressOf(tick.release, member), member);
  const seen = tick.observations.aliases.get(member.path);
  const isTriedOnce = order.triedOnce?.has(member.path) === true;
  const allowed = isTriedOnce ? 0 : MAX_FAILURES;
  if (seen === undefined || seen.kind === "unreadable")
    return unread(tick, progress, seen?.reason ?? "not read", allowed);
  if (seen.kind === "missing") {
    const fix = isTriedOnce ? "" : `: \`rollback --without ${member.path}\` lets it go`;
    return { kind: "foreign", reason: `alias ${nameOf(member)} no longer exists${fix}` };
  }
  const goal = order.goalOf(tick.release, member);
  const { snapshot } = seen;
  const isThere = isSameShape(snapshot, goal);
  const isOurs = tryParseStamp(snapshot.description)?.release === tick.release.id;
  if (isThere && isConsumed(tick.release, progress.intent, snapshot)) {
    // An alias that was put back by hand to the rollback's target counts as rolled back; only this release moves it
    // forward.
    const isAsLeft = progress.intent === undefined && isExpected(progress, snapshot, isOurs);
    const isWelcome = isOurs || isAsLeft || order.direction === "callers-first";
    return isWelcome ? arrived(member, progress, goal) : foreign(member, progress, snapshot);
  }
  const isForeign = !isExpected(progress, snapshot, isOurs) || isPutBack(order, progress, snapshot);
  if (!isThere && isForeign) {
    if (seen.transitioning && !isTriedOnce) return { kind: "wait", until: tick.now + FIRST_RETRY_MS * 5, progress };
    return foreign(member, progress, snapshot);
  }
  const until = order.held?.get(member.path);
  if (until !== undefined) return { kind: "wait", until, progress };
  const reason = order.lost?.get(member.path);
  if (reason !== undefined) return { kind: "unreachable", reason, progress };
  return nextAttempt(tick, progress, { member, snapshot, allowed });
}

function progressOf(release: Release, member: Member): Progress {
  return release.progress[member.path] ?? { touched: false, failures: 0 };
}

function countFailure(tick: Tick, progress: Progress, member: Member): Progress {
  const write = tick.observations.writes.get(member.path);
  if (write === undefined || write.kind === "written") return progress;
  return failed(tick, progress, write.kind === "conflict" ? 0 : undefined);
}

function failed(tick: Tick, progress: Progress, delayMs?: number): Progress {
  const failures = progress.failures + 1;
  const backoffMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** (failures - 1));
  return { ...progress, failures, retryAt: tick.now + (delayMs ?? backoffMs) };
}

function unread(tick: Tick, progress: Progress, reason: string, allowed: number): Position {
  if (progress.retryAt !== undefined && progress.retryAt > tick.now) {
    return { kind: "wait", until: progress.retryAt, progress };
  }
  const next = failed(tick, progress);
  if (next.failures > allowed) return { kind: "unreachable", reason, progress: next };
  return { kind: "wait", until: next.retryAt!, progress: next };
}

/**
 * Whether a write that may be on its way can no longer change the alias: the alias has another revision than the one
 * that the write insists on or, where there are no revisions, carries the write's own stamp.
 */
function isConsumed(release: Release, intent: AliasIntent | undefined, snapshot: AliasSnapshot): boolean {
  if (intent === undefined) return true;
  if (intent.revision !== undefined) return intent.revision !== snapshot.revision;
  const stamp = tryParseStamp(snapshot.description);
  return stamp?.release === release.id && stamp.step === intent.step && stamp.fence >= intent.fence;
}

function arrived(member: Member, progress: Progress, goal: AliasShape): Position {
  const { touched, byStacks } = progress;
  const settled: Progress = { verified: goal, touched, failures: 0, ...(byStacks === undefined ? {} : { byStacks }) };
  if (progress.intent === undefined) return { kind: "there", progress: settled };
  const alias = { path: member.path, before: progress.intent.before, after: goal };
  const text = `${member.path}: ${nameOf(member)} serves ${describeShape(goal)}`;
  return { kind: "there", progress: settled, event: { code: "AliasWritten", text, trigger: "policy", alias } };
}

/** What a write of this release may have left there carries its stamp; the rest it found there itself. */
function isExpected(progress: Progress, snapshot: AliasSnapshot, isOurs: boolean): boolean {
  const { verified, intent, byStacks } = progress;
  const found = [byStacks, verified, intent?.before];
  const written = isOurs && intent !== undefined ? [intent.goal, ...intent.alsoPossible] : [];
  return [...found, ...written].some((shape) => shape !== undefined && isSameShape(shape, snapshot));
}

/**
 * A write whose reply was lost, then the alias put back by hand: the shape is the old one, but the revision is not the
 * one that the write found. A rollback may include such an alias, as it leads to the shape that was set by hand.
 */
function isPutBack(order: ConvergenceOrder, { intent }: Progress, snapshot: AliasSnapshot): boolean {
  if (order.direction === "callers-first" || intent?.revision === undefined) return false;
  return intent.revision !== snapshot.revision && isSameShape(snapshot, intent.before);
}

function foreign(member: Member, progress: Progress, snapshot: AliasSnapshot): Position {
  return { kind: "foreign", reason: foreignReason(member, progress, snapshot) };
}

function foreignReason(member: Member, progress: Progress, snapshot: AliasSnapshot): string {
  const expected = progress.intent?.goal ?? progress.verified;
  const ours = expected === undefined ? "" : `, where this release left ${describeShape(expected)}`;
  const stamp = tryParseStamp(snapshot.description);
  const who = stamp === undefined ? "its description is not ours" : `last stamped by release ${stamp.release}`;
  const revision = snapshot.revision === undefined ? "" : `, revision ${snapshot.revision}`;
  return `alias ${nameOf(member)} was moved outside this release: it serves ${describeShape(snapshot)}${ours} (${who}${revision})`;
}

interface Attempt {
  readonly member: Member;
  readonly snapshot: AliasSnapshot;
  /** How many failures in a row are allowed. */
  readonly allowed: number;
}

function nextAttempt(tick: Tick, progress: Progress, { member, snapshot, allowed }: Attempt): Position {
  const write = tick.observations.writes.get(member.path);
  const reason = write !== undefined && write.kind !== "written" ? write.reason : "the alias does not follow";
  if (progress.failures > allowed) return { kind: "unreachable", reason, progress };
  if (progress.retryAt !== undefined && progress.retryAt > tick.now) {
    const text = `${member.path}: writing ${nameOf(member)} failed: ${reason}`;
    const event: NewEvent = { code: "AliasWriteFailed", text, trigger: "policy" };
    return { kind: "wait", until: progress.retryAt, progress, ...(write === undefined ? {} : { event }) };
  }
  return { kind: "write", snapshot, progress };
}

function planBatches(
  tick: Tick,
  order: ConvergenceOrder,
  positions: ReadonlyMap<string, Position>,
): readonly (readonly PlannedWrite[])[] {
  const levels = buildLevels(order.members);
  const calleesFirst = order.direction === "callees-first";
  const batches: PlannedWrite[][] = [];
  for (const level of calleesFirst ? levels : levels.toReversed()) {
    const batch = level.flatMap((member) => planWrite(tick, order, member, getKnown(positions, member.path)));
    if (batch.length > 0) batches.push(batch);
    const stuck = level.some((member) => ["wait", "unreachable"].includes(getKnown(positions, member.path).kind));
    if (stuck && calleesFirst) break;
  }
  return batches;
}

function planWrite(tick: Tick, order: ConvergenceOrder, member: Member, position: Position): PlannedWrite[] {
  if (position.kind !== "write") return [];
  const { snapshot, progress } = position;
  const intent: AliasIntent = {
    goal: order.goalOf(tick.release, member),
    before: shapeOf(snapshot),
    ...(snapshot.revision === undefined ? {} : { revision: snapshot.revision }),
    alsoPossible: stillUnderWay(progress.intent, snapshot),
    step: order.step,
    fence: tick.fence,
    at: tick.now,
  };
  return [{ member, intent }];
}

/**
 * A write whose reply was lost may still land until another write changed the alias: its result is not a foreign
 * change.
 */
function stillUnderWay(intent: AliasIntent | undefined, snapshot: AliasSnapshot): readonly AliasShape[] {
  if (intent === undefined || (intent.revision !== undefined && intent.revision !== snapshot.revision)) return [];
  const shapes = [intent.goal, ...intent.alsoPossible];
  return shapes.filter((shape, index) => shapes.findIndex((other) => isSameShape(other, shape)) === index);
}

function intended(member: Member, intent: AliasIntent): NewEvent {
  const text = `${member.path}: ${nameOf(member)} from ${describeShape(intent.before)} to ${describeShape(intent.goal)}`;
  const alias = { path: member.path, before: intent.before, after: intent.goal };
  return { code: "AliasWriteIntended", text, trigger: "policy", alias };
}

function writeCommand(order: ConvergenceOrder, batches: readonly (readonly PlannedWrite[])[]): Command {
  const calleesFirst = order.direction === "callees-first";
  return { kind: "write", batches, stopOnFailure: calleesFirst, urgent: !calleesFirst };
}

function nameOf(member: Member): string {
  return member.target === undefined ? member.path : describeTarget(member.target);
}
