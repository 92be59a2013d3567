import { judgeAlarms } from "../analysis/judge-alarms.ts";
import { countComparisons } from "../analysis/comparisons.ts";
import { METRICS_LAG_MS } from "../analysis/judge-evidence.ts";
import { judgeStable } from "../analysis/judge-stable.ts";
import { judgeMember, type MemberVerdict } from "../analysis/judge-metrics.ts";
import type { Member, Release, Verdict } from "../model.ts";
import type { Tick } from "./decision.ts";

const ORDER: readonly Verdict["outcome"][] = ["FAIL", "ERROR", "INCONCLUSIVE", "PASS"];

/** Judges alarms and, once the weight was verified, metrics. FAIL beats all; nothing but evidence passes. */
export function judge(tick: Tick, watched: readonly Member[]): Verdict {
  const alarms = judgeAlarms(tick.release, tick.observations.alarms);
  const metrics = judgeMetrics(tick, watched);
  const collapsed = judgeStableVersions(tick);
  const parts = [
    ...collapsed.map((stable) => ({ ...stable, trigger: "analysis" as const })),
    ...alarms.map((alarm) => ({ ...alarm, trigger: "alarm" as const })),
    ...metrics.map((metric) => ({ ...metric, trigger: "analysis" as const })),
  ];
  const outcome = ORDER.find((candidate) => parts.some((part) => part.outcome === candidate)) ?? "PASS";
  const decisive = parts.filter((part) => part.outcome === outcome);
  return {
    outcome,
    trigger: decisive[0]?.trigger ?? "policy",
    reasons: decisive.length === 0 ? ["no gates are set"] : decisive.map((part) => part.reason),
    at: tick.now,
    evidence: {
      alarms,
      metrics: [...collapsed, ...metrics].map(({ outcome: one, evidence }) => ({ outcome: one, ...evidence })),
    },
  };
}

function judgeMetrics(tick: Tick, members: readonly Member[]): readonly MemberVerdict[] {
  const { release, observations, now } = tick;
  const { analysis, shiftedAt, verifiedAt } = release;
  if (analysis === undefined || shiftedAt === undefined || verifiedAt === undefined) return [];
  const comparisons = countComparisons(release, analysis);
  return members.flatMap((member) => {
    const reading = observations.metrics?.get(member.path) ?? { kind: "unreadable", reason: "not requested" };
    const watched = { since: verifiedAt, settledAt: settledAt(release), share: shareOf(release), now };
    const compared = member.comparisons ?? [];
    const question = { path: member.path, reading, shiftedSince: shiftedAt, compared, ...watched };
    const verdict = judgeMember(question, analysis, comparisons);
    // Workflows may run once a day: that there were too few executions holds nothing up, a bad version does.
    const hasNoOpinion = member.kind === "state-machine" && verdict.outcome === "INCONCLUSIVE";
    return hasNoOpinion ? [] : [verdict];
  });
}

/** Every stable version that a stage may have hurt, whether it is to be replaced or not. */
function judgeStableVersions({ release, observations, now }: Tick): readonly MemberVerdict[] {
  const { analysis } = release;
  if (analysis === undefined || observations.served === undefined) return [];
  const allowed = analysis.falseAlarmRate / countComparisons(release, analysis);
  return release.members.flatMap((member) => {
    const reading = observations.served?.get(member.path);
    const verdict = reading && judgeStable(release, member, reading, { now, allowed });
    return verdict === undefined ? [] : [verdict];
  });
}

/** When the figures of the whole watch are in: the last bake already waits for them. */
function settledAt(release: Release): number {
  const deadline = release.deadline ?? Number.POSITIVE_INFINITY;
  if (isBaking(release)) return deadline;
  return deadline + Math.min(METRICS_LAG_MS, release.analysis?.maxWaitMs ?? METRICS_LAG_MS);
}

function shareOf(release: Release): number {
  return isBaking(release) ? 1 : (release.policy.steps[release.step]?.percent ?? 100) / 100;
}

function isBaking({ state, pause }: Release): boolean {
  return state === "BAKING" || pause?.from === "BAKING";
}
