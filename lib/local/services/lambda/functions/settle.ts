import { setImmediate as nextTurn } from "node:timers/promises";
import type { Lambda } from "../context.ts";
import { keyOf, newRevision } from "../lambda-state.ts";
import type { FunctionRef } from "./names.ts";
import type { VersionRecord } from "../records.ts";
import { conflict } from "../errors.ts";
import { functionArn } from "./names.ts";

/** Ends a creation or an update soon: what was Pending becomes Active, what was InProgress becomes Successful. */
export function settleSoon(lambda: Lambda, ref: FunctionRef, version: string): void {
  void settle(lambda, ref, version).catch((error: unknown) => lambda.cloud.log(`lambda: ${String(error)}`));
}

async function settle(lambda: Lambda, ref: FunctionRef, version: string): Promise<void> {
  await lambda.cloud.store.durable();
  await nextTurn();
  const record = tryFind(lambda, ref, version);
  if (record === undefined || (record.state === "Active" && !record.updating)) return;
  const revisionId = record.version === "$LATEST" ? newRevision() : record.revisionId;
  lambda.state.putVersion(ref, { ...record, state: "Active", updating: false, revisionId });
}

function tryFind({ state }: Lambda, ref: FunctionRef, version: string): VersionRecord | undefined {
  if (version === "$LATEST") return state.functions.get(keyOf(ref))?.latest;
  return state.versions.get(`${keyOf(ref)}/${version}`);
}

/** Settles whatever was under way when the cloud was stopped or killed. */
export function settleLeftovers(lambda: Lambda): void {
  const all = [
    ...lambda.state.functions.list().map(([key, { latest }]) => [key, latest] as const),
    ...lambda.state.versions.list(),
  ];
  for (const [key, record] of all) {
    if (record.state === "Active" && !record.updating) continue;
    const [region = "", name = ""] = key.split("/");
    settleSoon(lambda, { region, name, account: lambda.cloud.account, qualifier: undefined }, record.version);
  }
}

/** Refuses a change while another one is under way. */
export function refuseWhileChanging(ref: FunctionRef, record: VersionRecord): void {
  const arn = functionArn(ref, undefined);
  if (record.state === "Pending")
    throw conflict(
      "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    );
  if (record.updating)
    throw conflict(`The operation cannot be performed at this time. An update is in progress for resource: ${arn}`);
}
