import type { AnalysisPolicy, RolloutPolicy, WatchPolicy } from "../assembly/release-metadata.ts";
import { UserError } from "../errors.ts";
import type { AlarmGuard, HookCall, Member, Origin, Release, Subscriber } from "./model.ts";

/** A deployer's order to the engine. Versions are not known yet: staging returns them. */
export interface ReleasePlan {
  readonly app: string;
  readonly stage: string;
  readonly origin: Origin;
  readonly policy: RolloutPolicy;
  /** Every alias of the app. `target` where the stacks hold it already; never `next`. */
  readonly members: readonly Member[];
  readonly hooks: readonly HookCall[];
  readonly alarms: readonly AlarmGuard[];
  /** Notified of the release's events. */
  readonly subscribers?: readonly Subscriber[];
  readonly analysis?: AnalysisPolicy;
  readonly watch?: WatchPolicy;
  readonly keepVersions: number;
  /** @default - one hour */
  readonly maxUnattendedMs?: number;
  /** Names or paths of alarms that may be red before the start. */
  readonly overrideAlarms?: readonly string[];
}

/** A gap of this length between two looks pauses a release. */
const DEFAULT_MAX_UNATTENDED_MS = 60 * 60_000;

/** Refuses a plan that could not be carried out, telling all problems together. */
export function validatePlan(plan: ReleasePlan): void {
  const problems = [...validateMembers(plan), ...validatePolicy(plan.policy), ...validateAnalysis(plan.analysis)];
  if (plan.keepVersions < 1) problems.push(`keepVersions is ${plan.keepVersions}; it must be 1 or more`);
  if (problems.length === 0) return;
  throw new UserError("ReleasePlanInvalid", `The release cannot start:\n${problems.map((p) => `- ${p}`).join("\n")}`);
}

/** The release in the journal before its first transition. */
export function newRelease(plan: ReleasePlan, id: string, now: number): Release {
  return {
    format: 1,
    id,
    kind: "deploy",
    app: plan.app,
    stage: plan.stage,
    origin: plan.origin,
    createdAt: now,
    state: "PLANNED",
    enteredAt: now,
    policy: plan.policy,
    hooks: plan.hooks.map((hook) => ({ ...hook, functionName: hook.functionName || undefined })),
    alarms: plan.alarms.map((alarm) => ({ ...alarm, name: alarm.name || undefined })),
    ...(plan.subscribers === undefined
      ? {}
      : { subscribers: plan.subscribers.map((one) => ({ ...one, name: one.name || undefined })) }),
    ...(plan.analysis === undefined ? {} : { analysis: plan.analysis }),
    ...(plan.watch === undefined ? {} : { watchPolicy: plan.watch }),
    keepVersions: plan.keepVersions,
    maxUnattendedMs: plan.maxUnattendedMs ?? DEFAULT_MAX_UNATTENDED_MS,
    overriddenAlarms: plan.overrideAlarms ?? [],
    recoveredAlarms: [],
    members: plan.members,
    progress: {},
    step: 0,
    hooksPassed: 0,
    stragglers: [],
    tickedAt: now,
  };
}

/** What a new release takes over: versions that lack their provisioned concurrency, and old resources that still exist. */
export function takenOver(before: Release | undefined): Pick<Release, "releasedConcurrency" | "oldResources"> {
  const { releasedConcurrency, oldResources } = before ?? {};
  return {
    ...(releasedConcurrency !== undefined && { releasedConcurrency }),
    ...(oldResources !== undefined && { oldResources }),
  };
}

function validateMembers(plan: ReleasePlan): string[] {
  const paths = plan.members.map((member) => member.path);
  const doubled = paths.filter((path, index) => paths.indexOf(path) !== index);
  const problems = doubled.map((path) => `two members are called ${path}; paths must be unique`);
  if (paths.includes("__proto__")) problems.push("a member is called __proto__; choose another name");
  const fractions = plan.policy.steps.filter(({ percent }) => !Number.isInteger(percent));
  if (fractions.length > 0 && plan.members.some(({ kind, shift }) => kind === "state-machine" && shift === "policy")) {
    const given = fractions.map(({ percent }) => percent).join(", ");
    problems.push(`state machines take whole percents only; the policy has ${given}: use whole ones`);
  }
  return problems;
}

function validatePolicy(policy: RolloutPolicy): string[] {
  const problems: string[] = [];
  policy.steps.forEach(({ percent, bakeMs }, index) => {
    const before = policy.steps[index - 1]?.percent ?? 0;
    if (!(percent > before && percent < 100)) {
      problems.push(`step ${index + 1} has ${percent} %; it must be more than ${before} and less than 100`);
    }
    if (!(Number.isFinite(bakeMs) && bakeMs >= 0)) {
      problems.push(`step ${index + 1} bakes ${bakeMs} ms; it must be 0 or more`);
    }
  });
  if (!(Number.isFinite(policy.finalBakeMs) && policy.finalBakeMs >= 0)) {
    problems.push(`the last bake is ${policy.finalBakeMs} ms; it must be 0 or more`);
  }
  return problems;
}

function validateAnalysis(analysis: AnalysisPolicy | undefined): string[] {
  if (analysis === undefined) return [];
  const problems: string[] = [];
  const { minInvocations, maxErrorRate, falseAlarmRate, maxWaitMs } = analysis;
  if (!(minInvocations >= 1)) problems.push(`minInvocations is ${minInvocations}; it must be 1 or more`);
  if (maxErrorRate !== undefined && !(maxErrorRate >= 0 && maxErrorRate <= 1)) {
    problems.push(`maxErrorRate is ${maxErrorRate}; it must be within 0 and 1`);
  }
  if (!(falseAlarmRate > 0 && falseAlarmRate < 1)) {
    problems.push(`falseAlarmRate is ${falseAlarmRate}; it must be between 0 and 1`);
  }
  if (!(maxWaitMs >= 0)) problems.push(`maxWait is ${maxWaitMs} ms; it must be 0 or more`);
  return problems;
}
