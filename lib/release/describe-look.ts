import type { AliasProgress, ReleaseProgress, VersionProgress } from "../io/progress.ts";
import { totalOf } from "./analysis/total.ts";
import { movingMembers, stableOf } from "./decide/members.ts";
import type { Member, Release } from "./model.ts";
import type { MinuteCount, ReleaseLook } from "./ports/ports.ts";
import { STATES } from "./states.ts";

/** What a person wants to know of a release while it is under way. */
export function describeLook({ release, metrics, now }: ReleaseLook): ReleaseProgress {
  const { state, verdict, deadline, policy, step } = release;
  const isWatched = state === "SHIFTING" || state === "BAKING";
  const isWaiting = isWatched && release.verifiedAt !== undefined && deadline !== undefined;
  const isMissing = isWaiting && verdict !== undefined && verdict.outcome !== "PASS";
  return {
    kind: "release",
    release: release.id,
    state,
    ...(state === "SHIFTING" && { step: { number: step + 1, of: policy.steps.length } }),
    percent: percentOf(release),
    ...(isWaiting && { leftMs: Math.max(0, deadline - now) }),
    aliases: movingMembers(release).map((member) => describeAlias(release, member, metrics?.get(member.path))),
    waitsFor: isMissing ? verdict.reasons : [],
    ...(release.cause !== undefined && { cause: release.cause.text }),
  };
}

function percentOf({ state, policy, step, verifiedAt }: Release): number {
  if (state === "SHIFTING") return verifiedAt === undefined ? 0 : (policy.steps[step]?.percent ?? 0);
  if (state === "PAUSED") return policy.steps[step]?.percent ?? 100;
  const { phase } = STATES[state];
  return phase === "settling" || state === "BAKING" || state === "POST_HOOKS" || state === "SUCCEEDED" ? 100 : 0;
}

type MemberReading = NonNullable<ReturnType<NonNullable<ReleaseLook["metrics"]>["get"]>>;

function describeAlias(
  release: Release,
  { path, next = "" }: Member,
  reading: MemberReading | undefined,
): AliasProgress {
  const counts = reading?.kind === "read" ? reading.value : undefined;
  return {
    path,
    stable: describeVersion(stableOf(release, path) ?? "", counts?.stable),
    next: describeVersion(next, counts?.next),
  };
}

function describeVersion(version: string, minutes: readonly MinuteCount[] | undefined): VersionProgress {
  if (minutes === undefined) return { version };
  const { invocations, errors } = totalOf(minutes);
  return { version, calls: invocations, failed: errors };
}
