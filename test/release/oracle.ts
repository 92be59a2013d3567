import type { Change, World } from "../helpers/simulated-aws/world.ts";
import { isProvisioned, stateOf } from "../helpers/simulated-aws/sim-lambda.ts";
import { countMinute } from "../helpers/simulated-aws/sim-cloudwatch.ts";

/** What was moved longer ago than this was there at the last look. */
const LOOK_MS = 5_000;

/**
 * Watches the invariants of a release after every transition. It knows AWS's state and the journal's raw JSON, and
 * shares no code with the engine: what it parses, it parses by itself.
 */
export class Oracle {
  readonly violations: string[] = [];
  /** Successful alias writes by the engine, for counting: `path state`. */
  readonly writes: { path: string; state: string; who: string }[] = [];
  readonly #world: World;
  readonly #paths: ReadonlyMap<string, string>;
  /** Changes to an alias from outside this release, by path. */
  readonly foreign = new Map<string, string>();
  /** When each of these was moved last. */
  readonly #foreignSince = new Map<string, number>();
  /** Aliases that a failed stack update has put back to an earlier version, by path, and that were not moved since. */
  readonly #restored = new Set<string>();
  /** A person started the stack update that runs, or ran last: what it does to an alias is that person's doing. */
  #isUpdatedByHand = false;
  readonly #passedHooks = new Set<string>();
  readonly #fences = new Map<string, number>();
  #journalFence = 0;
  /** Every release that the history ever named, oldest first: pruning must not forget one. */
  readonly #finished = new Map<string, Raw["history"][number]>();
  /** Releases that were to be promoted at once: they may skip steps. */
  readonly #hurried = new Set<string>();

  /** A deployer that was suspended takes provisioned concurrency by an old look: Lambda has no condition for the call. */
  readonly #freezes: boolean;

  /** `paths` maps function names and state machine ARNs to member paths. */
  constructor(world: World, paths: ReadonlyMap<string, string>, freezes = false) {
    this.#freezes = freezes;
    this.#world = world;
    this.#paths = paths;
    world.listeners.push((change) => this.#watch(change));
  }

  /** What the journal holds, as raw JSON. */
  journal(): Raw | undefined {
    const entry = [...this.#world.objects].find(([key]) => key.endsWith("/release.json"));
    return entry === undefined ? undefined : (JSON.parse(entry[1]) as Raw);
  }

  /** What each alias serves, by member path: `primary` or `primary+version@percent`. */
  live(): Record<string, string> {
    const shapes: Record<string, string> = {};
    for (const [name, path] of this.#paths) shapes[path] = this.#shape(name);
    return shapes;
  }

  #watch(change: Change): void {
    switch (change.kind) {
      case "alias":
        return this.#watchAlias({ ...change, before: showAlias(change.before), description: change.after.description });
      case "machine-alias":
        return this.#watchAlias({
          ...change,
          before: showRouting(change.before.routing),
          description: change.after.description,
          guarded: true,
        });
      case "object":
        return this.#watchJournal(change.before, change.after, change.key, change.who);
      case "version-deleted":
        // A rolled back update deletes what it has published.
        if (change.who === "cloudformation") return;
        return this.#watchDeletion(change.name, change.version);
      case "concurrency":
        return change.amount === 0 ? this.#watchRelease(change.name, change.version) : undefined;
      case "hook":
        return this.#watchHook(change.name, change.payload as RawHookPayload, change.passed);
      case "stack":
        return this.#watchStack(change.what, change.detail);
      case "stack-update":
        this.#isUpdatedByHand = change.who === "operator";
    }
  }

  /** Everything that a failed update restores must be live. */
  #watchStack(what: string, detail: unknown): void {
    if (what === "contracted") return this.#watchContraction(detail as ReadonlyMap<string, string>);
    if (what !== "staging") return;
    const { pins, mayDiffer } = detail as { pins: ReadonlyMap<string, string>; mayDiffer: boolean };
    const live = this.live();
    for (const [path, pin] of pins) {
      if (pin === live[path]?.split("+")[0] || mayDiffer || this.foreign.has(path)) continue;
      this.#complain(`${path}: staged with pin ${pin} while it serves ${live[path]}`);
    }
  }

  /** What only older versions need may go when no alias routes to one: no request fails because of a stage. */
  #watchContraction(kept: ReadonlyMap<string, string>): void {
    for (const [path, shape] of Object.entries(this.live())) {
      const version = kept.get(path);
      if (version === undefined || shape === version || this.foreign.has(path)) continue;
      this.#complain(`${path} serves ${shape} while what only older versions than ${version} need is removed`);
    }
  }

  /** SUCCEEDED means live: each alias serves what the stack has made of its member. */
  #checkDeployed(release: RawRelease): void {
    for (const { path } of release.members) {
      const shape = this.#shape(this.#nameOf(path));
      const version = this.#world.deployed.get(path);
      if (version === undefined || shape === version || this.foreign.has(path)) continue;
      this.#complain(`SUCCEEDED: ${path} serves ${shape}, and ${version} is what is deployed`);
    }
  }

  #watchAlias({ name, who, before, description, guarded }: AliasChange): void {
    const path = this.#paths.get(name);
    if (path === undefined) return;
    const shape = this.#shape(name);
    const release = this.journal()?.release;
    if (who === "cloudformation") return this.#watchStackWrite(path, before, shape);
    if (who === "operator") {
      this.foreign.delete(path);
      return;
    }
    if (who === "foreign") {
      if (release !== undefined && before !== shape) {
        this.foreign.set(path, shape);
        this.#foreignSince.set(path, this.#world.now);
      }
      return;
    }
    if (release === undefined) return this.#complain(`${path} was written without a release in the journal`);
    // A stamp that is written again is checked like every write, and moves nothing: it is not counted.
    if (before !== shape || release.state !== "PRUNING") this.writes.push({ path, state: release.state, who });
    if (!guarded) this.#complain(`${path} was written without a RevisionId`);
    if ((this.foreign.get(path) ?? shape) !== shape)
      this.#complain(`${path}: a foreign change was overwritten with ${shape}`);
    this.#checkFence(path, description);
    this.#checkIntent(path, shape, release);
    this.#checkPrimary(path, before, shape, release);
    this.#checkReadiness(name, path, before, shape, release);
    this.#restored.delete(path);
    if (release.state === "SHIFTING" || release.state === "PROMOTING") this.#checkLockstep(path, shape, release);
  }

  /** A stack update never moves traffic, except that a failed one restores what the stacks last said. */
  #watchStackWrite(path: string, before: string, shape: string): void {
    const restores = this.#world.stacks.get("Main") === "UPDATE_ROLLBACK_IN_PROGRESS";
    if (this.#isUpdatedByHand) return void this.foreign.delete(path);
    if (restores) this.#restored.add(path);
    if (before === shape || restores || this.foreign.has(path)) return;
    this.#complain(`${path}: a stack update moved it from ${before} to ${shape}`);
  }

  #checkFence(path: string, description: string): void {
    const fence = Number(/fence=(\d+)/.exec(description)?.[1] ?? Number.NaN);
    const before = this.#fences.get(path) ?? 0;
    if (Number.isNaN(fence)) this.#complain(`${path}: no fence in the description "${description}"`);
    if (fence < before) this.#complain(`${path}: written with fence ${fence} after ${before}`);
    this.#fences.set(path, Math.max(before, fence));
  }

  #checkIntent(path: string, shape: string, release: RawRelease): void {
    const intent = release.progress[path]?.intent;
    const possible = intent === undefined ? [] : [intent.goal, ...(intent.alsoPossible ?? [])].map(show);
    if (!possible.includes(shape)) this.#complain(`${path}: ${shape} was written without a journalled intent`);
  }

  #checkPrimary(path: string, before: string | undefined, shape: string, release: RawRelease): void {
    // A stamp that is written again moves nothing.
    if (before === shape && ["PRUNING", "SUCCEEDED"].includes(release.state)) return;
    const stable = release.stable?.[path];
    const next = release.members.find((member) => member.path === path)?.next;
    const primary = shape.split("+")[0];
    if (primary === stable) return;
    if (primary !== next) this.#complain(`${path}: serves ${shape}, which is neither stable ${stable} nor new ${next}`);
    else if (release.state === "FINALISING" && this.#restored.has(path)) return;
    else if (!["PROMOTING", "ABORTING"].includes(release.state))
      this.#complain(`${path}: promoted in ${release.state}`);
  }

  /** What gets traffic answers it: it is Active and has its provisioned concurrency, or the journal says that it lacks it. */
  #checkReadiness(name: string, path: string, before: string | undefined, shape: string, release: RawRelease): void {
    const fn = this.#world.functions.get(name);
    if (fn === undefined) return;
    for (const version of versionsIn(shape).filter((one) => !versionsIn(before ?? "").includes(one))) {
      const known = fn.versions.get(version);
      const state = known === undefined ? "gone" : stateOf(this.#world, known);
      const { readiness } = release.progress[path] ?? {};
      const isShort = readiness?.kind === "short";
      if (state !== "Active" && !isShort)
        this.#complain(`${path} went to ${shape} while version ${version} is ${state}`);
      if (!fn.intended.has(version) || isProvisioned(this.#world, fn, version) || isShort) continue;
      this.#complain(`${path} went to ${shape} while version ${version} lacks its provisioned concurrency`);
    }
  }

  /** Provisioned concurrency is never taken from what serves, nor from what a rollback goes back to. */
  #watchRelease(name: string, version: string): void {
    if (this.#freezes) return;
    const path = this.#paths.get(name) ?? name;
    for (const [alias, { primary, weights }] of this.#world.functions.get(name)?.aliases ?? []) {
      if (primary === version || version in weights)
        this.#complain(`${path}: version ${version} lost its provisioned concurrency while ${alias} routes to it`);
    }
  }

  /** No member is more than a step ahead of another, and callees go first. */
  #checkLockstep(path: string, shape: string, release: RawRelease): void {
    const moving = release.members.filter(
      (member) =>
        member.next !== undefined &&
        release.stable?.[member.path] != null &&
        member.next !== release.stable[member.path],
    );
    const levels = new Map(moving.map((member) => [member.path, this.#stepOf(member, release)]));
    const mine = levels.get(path);
    if (mine === undefined) return this.#complain(`${path} was moved although it has nothing to move to`);
    const stepped = moving.filter((member) => member.shift === "policy");
    const last = release.policy.steps.length;
    for (const other of stepped) {
      if (this.foreign.has(other.path)) continue;
      if (mine - levels.get(other.path)! > 1 && !this.#hurried.has(release.id))
        this.#complain(`${path} went to ${shape} while ${other.path} is at step ${levels.get(other.path)} of ${last}`);
    }
    const me = moving.find((member) => member.path === path)!;
    for (const callee of me.calls) {
      const theirs = levels.get(callee);
      const shifts =
        release.state === "PROMOTING" || moving.find((member) => member.path === callee)?.shift === "policy";
      if (theirs !== undefined && shifts && theirs < mine)
        this.#complain(`${path} went to ${shape} before ${callee}, which it calls`);
    }
  }

  /** 0 for the stable version, k for the k-th weight, one more than the last for promoted. */
  #stepOf(member: RawMember, release: RawRelease): number {
    const shape = this.#shape(this.#nameOf(member.path));
    if (shape === member.next) return release.policy.steps.length + 1;
    const weight = Number(/@(.+)$/.exec(shape)?.[1] ?? 0);
    return release.policy.steps.findIndex(({ percent }) => Math.abs(percent - weight) < 1e-6) + 1;
  }

  #watchJournal(before: string | undefined, after: string, key: string, who: string): void {
    if (!key.endsWith("/release.json")) return;
    const then = before === undefined ? undefined : (JSON.parse(before) as Raw);
    const now = JSON.parse(after) as Raw;
    if (now.fence < this.#journalFence)
      this.#complain(`the journal's fence fell from ${this.#journalFence} to ${now.fence}`);
    this.#journalFence = now.fence;
    for (const entry of now.history.toReversed())
      if (!this.#finished.has(entry.id)) this.#finished.set(entry.id, entry);
    if (now.release !== undefined && now.requests.some(({ verb }) => verb === "promote"))
      this.#hurried.add(now.release.id);
    if (then?.release?.id !== now.release?.id) this.foreign.clear();
    this.#forgetAccepted(then?.release, now.release);
    if (then?.release === undefined || now.release === undefined || then.release.id !== now.release.id) return;
    const [old, fresh] = [then.release, now.release];
    if (old.stable !== undefined && JSON.stringify(old.stable) !== JSON.stringify(fresh.stable)) {
      this.#complain("the recorded stable versions were changed");
    }
    if (old.state !== fresh.state || old.step !== fresh.step) this.#checkTransition(old, fresh, then, who);
  }

  /** Changes by hand before the stable versions were recorded are the release's starting point. */
  #forgetAccepted(then: RawRelease | undefined, now: RawRelease | undefined): void {
    if (now?.stable === undefined || (then?.id === now.id && then.stable !== undefined)) return;
    for (const [path, shape] of this.foreign) if (now.stable[path] === shape) this.foreign.delete(path);
  }

  /** A release does not succeed over an alias that was moved from outside while it was finalised, unless it names it. */
  #checkNamed({ members, drifted = [] }: RawRelease): void {
    for (const path of this.foreign.keys()) {
      const next = members.find((member) => member.path === path)?.next;
      const isSeen = this.#world.now - (this.#foreignSince.get(path) ?? 0) > LOOK_MS;
      const live = this.#shape(this.#nameOf(path));
      if (!isSeen || next === undefined || live === next || drifted.includes(path)) continue;
      this.#complain(`PRUNING: ${path} was moved to ${live} from outside, and the release names no drift`);
    }
  }

  #checkTransition(old: RawRelease, fresh: RawRelease, journal: Raw, who: string): void {
    if (fresh.state === "PRUNING" && old.state !== fresh.state) this.#checkNamed(fresh);
    if (old.state !== fresh.state && !LEGAL[old.state]?.includes(fresh.state)) {
      this.#complain(`${old.state} was followed by ${fresh.state}`);
    }
    const onwards = old.state === "SHIFTING" && (fresh.state === "PROMOTING" || fresh.step > old.step);
    const good = old.state === "BAKING" && fresh.state === "POST_HOOKS";
    if (onwards || good) this.#checkEvidence(old, fresh, journal, who);
    if (onwards && !this.#hurried.has(old.id)) this.#checkHooks(old, "perStep");
    if (old.state === "PRE_HOOKS" && fresh.state !== "ABORTING") this.#checkHooks(old, "preTraffic");
    if (old.state === "POST_HOOKS" && fresh.state !== "ABORTING") this.#checkHooks(old, "postTraffic");
    if (fresh.state === "SUCCEEDED") this.#checkDeployed(fresh);
    if (fresh.state === "FINALISE_PENDING") this.#checkEnd(fresh, ({ next }) => next);
    if (fresh.state === "SUCCEEDED")
      this.#checkEnd(fresh, (member) => member.next ?? fresh.stable?.[member.path] ?? undefined);
    if (fresh.state === "ROLLED_BACK" && fresh.stable !== undefined)
      this.#checkEnd(fresh, (member) => fresh.stable?.[member.path] ?? undefined);
  }

  /** Independent of the engine's own view: when it last looked, the gates must really have been green. */
  #checkEvidence(old: RawRelease, fresh: RawRelease, journal: Raw, who: string): void {
    const where = `${old.state} ${old.step} to ${fresh.state} ${fresh.step}`;
    const forced = journal.requests.some(({ verb }) => verb === "promote");
    for (const alarm of old.alarms) {
      const { aboutVersion } = this.#world.alarms.get(alarm.name ?? "") ?? {};
      const state = this.#world.alarmReads.get(who)?.get(alarm.name ?? "");
      const excused = old.overriddenAlarms.includes(alarm.name ?? "") && state === "ALARM";
      const oldVersion = aboutVersion !== undefined && Object.values(old.stable ?? {}).includes(aboutVersion);
      if (state === "OK" || excused || oldVersion || (forced && state !== "ALARM")) continue;
      this.#complain(`${where} although alarm ${alarm.name} was ${state ?? "missing"}`);
    }
    if (forced || old.analysis === undefined || old.analysis.onInconclusive === "promote") return;
    if (this.#world.metricReads.get(who) !== "there") this.#complain(`${where} although there were no metrics`);
    for (const member of old.members.filter(
      ({ kind, shift, next, path }) =>
        kind === "function" && (shift === "policy" || old.state === "BAKING") && next !== old.stable?.[path],
    )) {
      const seen = this.#invocationsSince(member, old.verifiedAt ?? Number.NaN);
      const possible = this.#possibleInvocations(old, member);
      if (seen < old.analysis.minInvocations && possible >= old.analysis.minInvocations) {
        this.#complain(`${where} after ${seen} of ${possible} invocations of ${member.path}`);
      }
    }
  }

  #watchHook(name: string, payload: RawHookPayload, passed: boolean): void {
    if (passed) this.#passedHooks.add(`${payload.release} ${payload.phase} ${payload.step?.index ?? 0} ${name}`);
  }

  /** Every hook of the phase really answered that it passed, in this step. */
  #checkHooks(release: RawRelease, phase: string): void {
    const step = phase === "perStep" ? release.step : 0;
    for (const { functionName } of release.hooks.filter((hook) => hook.phase === phase)) {
      if (this.#passedHooks.has(`${release.id} ${phase} ${step} ${functionName}`)) continue;
      this.#complain(`${release.state} ${release.step} was left although ${phase} hook ${functionName} did not pass`);
    }
  }

  #invocationsSince(member: RawMember, since: number): number {
    let total = 0;
    for (let at = Math.floor(since / 60_000) * 60_000; at <= this.#world.now; at += 60_000) {
      total += countMinute(this.#world, this.#nameOf(member.path), at, member.next)?.invocations ?? 0;
    }
    return total;
  }

  /**
   * The calls that the function's callers sent to the new version's share in this watch, independent of CloudWatch's
   * figures.
   */
  #possibleInvocations(release: RawRelease, { path }: RawMember): number {
    const baking = release.state === "BAKING";
    const share = baking ? 1 : (release.policy.steps[release.step]?.percent ?? 100) / 100;
    const minutes = (this.#world.now - (release.verifiedAt ?? this.#world.now)) / 60_000;
    return (this.#world.traffic.get(this.#nameOf(path))?.invocationsPerMinute ?? 0) * minutes * share;
  }

  #checkEnd(release: RawRelease, wanted: (member: RawMember) => string | undefined): void {
    for (const member of release.members) {
      const version = wanted(member);
      if (version === undefined || this.foreign.has(member.path)) continue;
      if (release.letGo?.includes(member.path) === true) continue;
      const shape = this.#shape(this.#nameOf(member.path));
      if (shape !== version) this.#complain(`${release.state}: ${member.path} serves ${shape}, not ${version}`);
    }
  }

  #watchDeletion(name: string, version: string): void {
    const path = this.#paths.get(name) ?? name;
    const release = this.journal()?.release;
    const member = release?.members.find((one) => one.path === path);
    if (member?.next === version || release?.stable?.[path] === version)
      this.#complain(`${path}:${version} of the running release was deleted`);
    if ((this.#world.functions.get(name)?.executions.get(version) ?? 0) > 0)
      this.#complain(`${path}:${version} was deleted under running executions`);
    const targets = [...this.#finished.values()]
      .toReversed()
      .slice(0, release?.keepVersions ?? 1)
      .flatMap((entry) => entry.members.filter((one) => one.path === path));
    if (targets.some(({ before, after }) => before === version || after === version))
      this.#complain(`${path}:${version} was deleted, a rollback target`);
    const busy = [...this.#world.stacks.values()].some(
      (status) => !status.endsWith("_COMPLETE") || status.includes("ROLLBACK"),
    );
    if (busy) this.#complain(`${path}:${version} was deleted while a stack was not stable`);
  }

  #nameOf(path: string): string {
    return [...this.#paths].find(([, one]) => one === path)![0];
  }

  #shape(name: string): string {
    const alias = this.#world.functions.get(name)?.aliases.get("live");
    if (alias !== undefined) {
      if (Object.keys(alias.weights).length > 1) this.#complain(`${name}: more than one additional version`);
      return showAlias(alias);
    }
    const routing = this.#world.machines.get(name)?.aliases.get("live")?.routing ?? [];
    const sum = routing.reduce((total, { weight }) => total + weight, 0);
    if (routing.length > 0 && sum !== 100) this.#complain(`${name}: weights sum to ${sum}`);
    return showRouting(routing);
  }

  #complain(text: string): void {
    this.violations.push(text);
  }
}

interface AliasChange {
  readonly name: string;
  readonly who: string;
  /** What the alias served before. */
  readonly before: string;
  readonly description: string;
  readonly guarded: boolean;
}

function showAlias({ primary, weights }: { primary: string; weights: Readonly<Record<string, number>> }): string {
  const [weight] = Object.entries(weights);
  return weight === undefined ? primary : `${primary}+${weight[0]}@${Number((weight[1] * 100).toFixed(6))}`;
}

function showRouting(routing: readonly { stateMachineVersionArn: string; weight: number }[]): string {
  const [first, second] = routing;
  if (first === undefined) return "nothing";
  return second === undefined
    ? first.stateMachineVersionArn
    : `${first.stateMachineVersionArn}+${second.stateMachineVersionArn}@${second.weight}`;
}

const LEGAL: Record<string, readonly string[]> = {
  PLANNED: ["LOCKED"],
  LOCKED: ["STAGING", "ABORTING"],
  STAGING: ["READY", "ABORTING"],
  READY: ["PRE_HOOKS", "FINALISING", "ABORTING"],
  PRE_HOOKS: ["SHIFTING", "PROMOTING", "ABORTING"],
  SHIFTING: ["SHIFTING", "PAUSED", "PROMOTING", "ABORTING"],
  PAUSED: ["SHIFTING", "BAKING", "ABORTING"],
  PROMOTING: ["BAKING", "POST_HOOKS", "ABORTING"],
  BAKING: ["PAUSED", "POST_HOOKS", "ABORTING"],
  POST_HOOKS: ["FINALISING", "ABORTING"],
  FINALISING: ["FINALISE_PENDING", "PRUNING"],
  FINALISE_PENDING: ["FINALISING"],
  PRUNING: ["SUCCEEDED"],
  ABORTING: ["ROLLED_BACK", "ROLLBACK_BLOCKED"],
  ROLLBACK_BLOCKED: ["ABORTING"],
};

function versionsIn(shape: string): readonly string[] {
  return shape.split("+").map((part) => part.split("@")[0]!);
}

interface RawShape {
  readonly primary: string;
  readonly additional?: { readonly version: string; readonly percent: number };
}

function show({ primary, additional }: RawShape): string {
  return additional === undefined ? primary : `${primary}+${additional.version}@${additional.percent}`;
}

interface RawHookPayload {
  readonly release: string;
  readonly phase: string;
  readonly step?: { readonly index: number };
}

interface RawMember {
  readonly path: string;
  readonly kind: string;
  readonly shift: string;
  readonly next?: string;
  readonly calls: readonly string[];
}

interface RawRelease {
  readonly id: string;
  readonly state: string;
  readonly step: number;
  readonly keepVersions: number;
  readonly verifiedAt?: number;
  readonly hooksPassed: number;
  readonly hooks: readonly { phase: string; functionName?: string }[];
  readonly alarms: readonly { name?: string }[];
  readonly overriddenAlarms: readonly string[];
  readonly letGo?: readonly string[];
  readonly oldResources?: readonly unknown[];
  readonly drifted?: readonly string[];
  readonly analysis?: { minInvocations: number; onInconclusive: string };
  readonly policy: { steps: readonly { percent: number }[] };
  readonly stable?: Record<string, string | null>;
  readonly members: readonly RawMember[];
  readonly progress: Record<
    string,
    {
      verified?: RawShape;
      intent?: { goal: RawShape; alsoPossible?: RawShape[] };
      readiness?: { readonly kind: string };
    }
  >;
}

export interface Raw {
  readonly fence: number;
  readonly lock?: { holder: string; leaseUntil: number };
  readonly release?: RawRelease;
  readonly requests: readonly { verb: string }[];
  readonly history: readonly {
    id: string;
    contracted?: readonly string[];
    members: readonly { path: string; before: string | null; after: string | null }[];
  }[];
  readonly pending: readonly unknown[];
}
