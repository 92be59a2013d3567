import { sortedKeys } from "../../../../util/sorted-keys.ts";
import { constraintProblem } from "../../../kit/constraint-text.ts";
import { createHash } from "node:crypto";
import type { RequestContext } from "../../../service.ts";
import { describeFunction, listedFunction } from "./function-configuration.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf, newRevision } from "../lambda-state.ts";
import { pageOf } from "../list-page.ts";
import { readFunctionRef, type FunctionRef } from "./names.ts";
import type { VersionRecord } from "../records.ts";
import { invalid, invalidParameter, staleRevision } from "../errors.ts";
import { refuseWhileChanging, settleSoon } from "./settle.ts";
import { hasSnapshot } from "./version-state.ts";

/** Freezes `$LATEST` as the next version, or answers the last one when nothing has changed since. */
export function publishVersion(
  lambda: Lambda,
  input: Input<"PublishVersion">,
  context: RequestContext,
): Output<"PublishVersion"> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  const { latest } = lambda.state.function(ref);
  refuseWhileChanging(ref, latest);
  if (input.RevisionId !== undefined && input.RevisionId !== latest.revisionId) throw staleRevision();
  checkSha256(input.CodeSha256, latest);
  const version = publish(lambda, ref, { description: input.Description });
  return describeFunction(ref, version, version.version);
}

function checkSha256(given: string | undefined, latest: VersionRecord): void {
  const current = Buffer.from(latest.codeSha256, "hex").toString("base64");
  if (given === undefined || given === "" || given === current) return;
  throw invalidParameter(
    `CodeSHA256 (${given}) is different from current CodeSHA256 in $LATEST (${current}). Please try again with the CodeSHA256 in $LATEST.`,
  );
}

/**
 * Publishes without asking. `pending` leaves the version Pending for a moment, as Create and UpdateCode do; `warms` until
 * an environment of it is ready.
 */
export function publish(
  lambda: Lambda,
  ref: FunctionRef,
  options: { description?: string; pending?: boolean; warms?: boolean },
): VersionRecord {
  const { state } = lambda;
  const record = state.function(ref);
  const { latest } = record;
  const fingerprint = fingerprintOf(latest);
  const last = record.published && state.versions.get(`${keyOf(ref)}/${record.published.version}`);
  if (last !== undefined && record.published?.fingerprint === fingerprint) return last;
  const version: VersionRecord = {
    ...latest,
    version: String(record.nextVersion),
    settings: { ...latest.settings, ...(options.description !== undefined && { Description: options.description }) },
    revisionId: newRevision(),
    state: "Active",
    updating: false,
    activeSinceMs: lambda.cloud.clock.now(),
  };
  const isPending = options.pending === true || hasSnapshot(version);
  const published: VersionRecord = isPending ? { ...version, state: "Pending" } : version;
  state.versions.put(`${keyOf(ref)}/${version.version}`, published);
  state.functions.put(keyOf(ref), {
    ...record,
    latest: { ...latest, revisionId: newRevision() },
    nextVersion: record.nextVersion + 1,
    published: { version: version.version, fingerprint },
  });
  if (isPending) settleSoon(lambda, ref, version.version, { warms: options.warms === true });
  return published;
}

/** Lambda sees no change in another order of environment variables (a Lambda engineer in aws/aws-cdk#5334). */
function fingerprintOf({ settings, codeSha256 }: VersionRecord): string {
  return createHash("sha256")
    .update(JSON.stringify(sortedKeys([settings, codeSha256])))
    .digest("hex");
}

/** Lists a function's versions, `$LATEST` first, a page at a time. */
export function listVersionsByFunction(
  lambda: Lambda,
  input: Input<"ListVersionsByFunction">,
  context: RequestContext,
): Output<"ListVersionsByFunction"> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  const { latest } = lambda.state.function(ref);
  const all = [latest, ...lambda.state.versionsOf(ref)];
  const { items, next } = pageOf(all, input);
  return { Versions: items.map((version) => listedFunction(ref, version, version.version)), ...next };
}

/** The functions of the region; with `FunctionVersion: ALL` every version of them. */
export function listFunctions(
  lambda: Lambda,
  input: Input<"ListFunctions">,
  context: RequestContext,
): Output<"ListFunctions"> {
  const all = input.FunctionVersion as string | undefined;
  if (all !== undefined && all !== "ALL")
    throw invalid([constraintProblem(all, "functionVersion", "Member must satisfy enum value set: [ALL]")]);
  const rows = lambda.state.functions.list(`${context.region}/`).flatMap(([, { latest }]) => {
    const ref = { region: context.region, account: context.account, name: latest.functionName, qualifier: undefined };
    if (all === undefined) return [listedFunction(ref, latest)];
    return [latest, ...lambda.state.versionsOf(ref)].map((version) => listedFunction(ref, version, version.version));
  });
  const { items, next } = pageOf(rows, input);
  return { Functions: items, ...next };
}
