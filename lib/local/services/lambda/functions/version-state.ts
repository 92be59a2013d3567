import type { FunctionFailure } from "../../../runtime/function-failure.ts";
import type { Lambda } from "../context.ts";
import { conflict } from "../errors.ts";
import { keyOf } from "../lambda-state.ts";
import type { VersionRecord } from "../records.ts";
import type { FunctionRef } from "./names.ts";

/**
 * How long a version may be idle before Lambda takes back what it prepared for it.
 * https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html#snapstart-function-states
 */
const IDLE_MS = 14 * 24 * 60 * 60_000;
const NOTED_EVERY_MS = 24 * 60 * 60_000;

/** What Lambda says of a version. */
export type VersionState = VersionRecord["state"] | "Inactive";

/** Inactive is derived from the cloud's clock: a version without calls for two weeks, with resources to reclaim. */
export function stateOf(lambda: Lambda, ref: FunctionRef, record: VersionRecord): VersionState {
  if (record.state !== "Active" || !isPreparedFirst(record)) return record.state;
  const key = keyOfUse(ref, record);
  if (lambda.state.provisioned.get(key) !== undefined) return "Active";
  const usedMs = Math.max(record.modifiedMs, record.activeSinceMs ?? 0, lambda.state.lastUsed.get(key) ?? 0);
  return lambda.cloud.clock.now() - usedMs > IDLE_MS ? "Inactive" : "Active";
}

/** Notes that a version ran, at most once a day. */
export function noteUse(lambda: Lambda, ref: FunctionRef, record: VersionRecord): void {
  if (!isPreparedFirst(record)) return;
  const key = keyOfUse(ref, record);
  const now = lambda.cloud.clock.now();
  if (now - (lambda.state.lastUsed.get(key) ?? 0) > NOTED_EVERY_MS) lambda.state.lastUsed.put(key, now);
}

/** Refuses what a version does not take in its state, in AWS's words. */
export function refuseInState(state: VersionState, ...refused: readonly VersionState[]): void {
  if (!refused.includes(state)) return;
  throw conflict(
    `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
  );
}

/** Lambda prepares something before the version runs: network interfaces, or a snapshot. */
export function isPreparedFirst(record: VersionRecord): boolean {
  return (record.settings.VpcConfig?.SubnetIds ?? []).length > 0 || hasSnapshot(record);
}

/** SnapStart: published versions start from a snapshot. */
export function hasSnapshot({ version, settings }: VersionRecord): boolean {
  return version !== "$LATEST" && settings.SnapStart?.ApplyOn === "PublishedVersions";
}

/** What an initialisation failed with, in one line. */
export function describeFailure({ errorType, payload }: FunctionFailure): string {
  const { errorMessage } = JSON.parse(payload.toString()) as { readonly errorMessage?: string };
  return errorMessage === undefined ? errorType : `${errorType}: ${errorMessage}`;
}

function keyOfUse(ref: FunctionRef, { version }: VersionRecord): string {
  return `${keyOf(ref)}/${version}`;
}
