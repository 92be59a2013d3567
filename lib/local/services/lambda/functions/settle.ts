import { setImmediate as nextTurn, setTimeout } from "node:timers/promises";
import type { FunctionSpec } from "../../../runtime/function-spec.ts";
import type { Lambda } from "../context.ts";
import { keyOf, newRevision } from "../lambda-state.ts";
import type { FunctionRef } from "./names.ts";
import type { VersionRecord } from "../records.ts";
import { conflict } from "../errors.ts";
import { unqualifiedArn } from "./names.ts";
import { describeFailure, hasSnapshot, isPreparedFirst } from "./version-state.ts";

/** How long Lambda prepares network interfaces or a snapshot here; on AWS it takes a minute or more. */
const PREPARE_MS = 1_000;

/** The longest that a version stays Pending for an environment that is initialised ahead of its first event. */
const WARM_LIMIT_MS = 1_000;

/** How long after a version the process for the next one is started. */
const SPARE_AFTER_MS = 150;

/** How an operation ends. */
export interface SettleOptions {
  /** Has an environment of the version ready first, as Lambda may do before the first event. @default false */
  readonly warms?: boolean;
}

/** Ends a creation or an update soon: what was Pending becomes Active, what was InProgress becomes Successful. */
export function settleSoon(lambda: Lambda, ref: FunctionRef, version: string, options: SettleOptions = {}): void {
  settle(lambda, ref, version, options).catch((error: unknown) => {
    if (!lambda.closing.aborted) lambda.cloud.log(`lambda: ${String(error)}`);
  });
}

async function settle(lambda: Lambda, ref: FunctionRef, version: string, { warms }: SettleOptions): Promise<void> {
  await lambda.cloud.store.durable();
  await nextTurn();
  const before = tryFind(lambda, ref, version);
  if (warms === true && before !== undefined) await warm(lambda, ref, before);
  if (before?.state === "Pending" && isPreparedFirst(before)) {
    await lambda.cloud.clock.sleep(PREPARE_MS, lambda.closing);
  }
  const failure = before?.state === "Pending" && hasSnapshot(before) ? await takeSnapshot(lambda, ref, before) : {};
  const record = tryFind(lambda, ref, version);
  if (lambda.closing.aborted || record === undefined || (record.state !== "Pending" && !record.updating)) return;
  const revisionId = record.version === "$LATEST" ? newRevision() : record.revisionId;
  const activeSinceMs = lambda.cloud.clock.now();
  lambda.state.putVersion(ref, { ...record, state: "Active", updating: false, revisionId, activeSinceMs, ...failure });
}

/** Whether the initialisation works shows with the first event. */
async function warm(lambda: Lambda, ref: FunctionRef, record: VersionRecord): Promise<void> {
  const prepared = prepareAndExpect(lambda, ref, record);
  const limit = new AbortController();
  const signal = AbortSignal.any([limit.signal, lambda.closing]);
  await Promise.race([prepared, setTimeout(WARM_LIMIT_MS, undefined, { signal }).catch(() => undefined)]);
  limit.abort();
}

async function prepareAndExpect(lambda: Lambda, ref: FunctionRef, record: VersionRecord): Promise<void> {
  const spec = await lambda.specs.specOf(ref, record);
  await lambda.host.prepare(spec);
  expectNext(lambda, spec);
}

/** Code that was changed is likely to be changed again. The version that was just published comes first. */
function expectNext(lambda: Lambda, spec: FunctionSpec): void {
  const timer = globalThis.setTimeout(() => lambda.host.expectVersionAfter(spec), SPARE_AFTER_MS);
  timer.unref();
}

/** A snapshot is taken of an initialised function: one that does not initialise is Failed. */
async function takeSnapshot(
  lambda: Lambda,
  ref: FunctionRef,
  record: VersionRecord,
): Promise<Partial<Pick<VersionRecord, "state" | "failure">>> {
  const failure = await lambda.host.prepare(await lambda.specs.specOf(ref, record));
  if (failure === undefined) return {};
  return { state: "Failed", failure: { code: "FunctionError", text: describeFailure(failure) } };
}

function tryFind({ state }: Lambda, ref: FunctionRef, version: string): VersionRecord | undefined {
  if (version === "$LATEST") return state.functions.get(keyOf(ref))?.latest;
  return state.versions.get(`${keyOf(ref)}/${version}`);
}

/** Settles operations that were under way when the cloud was stopped or killed. */
export function settleLeftovers(lambda: Lambda): void {
  const all = [
    ...lambda.state.functions.list().map(([key, { latest }]) => [key, latest] as const),
    ...lambda.state.versions.list(),
  ];
  for (const [key, record] of all) {
    if (record.state !== "Pending" && !record.updating) continue;
    const [region = "", name = ""] = key.split("/");
    settleSoon(lambda, { region, name, account: lambda.cloud.account, qualifier: undefined }, record.version);
  }
}

/** Refuses a change while another one is under way. */
export function refuseWhileChanging(ref: FunctionRef, record: VersionRecord): void {
  const arn = unqualifiedArn(ref);
  if (record.state === "Pending")
    throw conflict(
      "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    );
  if (record.updating)
    throw conflict(`The operation cannot be performed at this time. An update is in progress for resource: ${arn}`);
}
