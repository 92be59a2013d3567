import type { Preparation, Release } from "../model.ts";
import type { SeenVersion } from "./decision.ts";

/** Whether a version may serve, and what it lacks. */
export type Standing =
  | { readonly kind: "ready" }
  /** It will be ready by itself, or once this was done. */
  | { readonly kind: "wait"; readonly text: string; readonly preparation?: Preparation; readonly isActive: boolean }
  /** It serves, and stays without its provisioned concurrency. */
  | { readonly kind: "short"; readonly text: string }
  /** It never serves. */
  | { readonly kind: "never"; readonly text: string };

/** Judges a version by its state and by the provisioned concurrency that it has, or had before it was released. */
export function judgeReadiness(release: Release, path: string, version: string, seen: SeenVersion): Standing {
  const { state, stateReason } = seen;
  if (state === "Active") return judgeConcurrency(release, path, version, seen);
  const text = `${path}: version ${version} is ${state}${stateReason === undefined ? "" : ` (${stateReason})`}`;
  if (state === "Failed") return { kind: "never", text };
  const preparation = state === "Inactive" ? { preparation: { path, version } } : {};
  return { kind: "wait", text, isActive: false, ...preparation };
}

/** What a version had of provisioned concurrency before this app's releases took it. */
export function releasedAmount({ releasedConcurrency }: Release, path: string, version: string): number | undefined {
  const amounts = releasedConcurrency !== undefined && Object.hasOwn(releasedConcurrency, path);
  return amounts ? releasedConcurrency[path]?.[version] : undefined;
}

function judgeConcurrency(release: Release, path: string, version: string, { concurrency }: SeenVersion): Standing {
  const provision = releasedAmount(release, path, version);
  if (concurrency === undefined) {
    if (provision === undefined) return { kind: "ready" };
    const text = `${path}: version ${version} gets its provisioned concurrency of ${provision} back`;
    return { kind: "wait", text, isActive: true, preparation: { path, version, provision } };
  }
  const { status, requested, available, reason } = concurrency;
  const what = `${path}: version ${version} has ${available} of ${requested} provisioned concurrency`;
  if (status === "READY") return { kind: "ready" };
  if (status === "IN_PROGRESS") return { kind: "wait", text: what, isActive: true };
  return { kind: "short", text: `${what}: FAILED${reason === undefined ? "" : ` (${reason})`}` };
}
