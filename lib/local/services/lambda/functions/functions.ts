import { constraintProblem, constraintText } from "../../../kit/constraint-text.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { buildSettings, mergeSettings } from "./build-settings.ts";
import type { StoredCode } from "./code-store.ts";
import { describeFunction } from "./function-configuration.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { resolveLayers } from "../layers/layers.ts";
import { keyOf, newRevision } from "../lambda-state.ts";
import { readFunctionRef, readNewFunctionName, unqualifiedArn, type FunctionRef } from "./names.ts";
import type { FunctionRecord, FunctionSettings, VersionRecord } from "../records.ts";
import { conflict, invalidParameter, staleRevision } from "../errors.ts";
import { requireRole } from "./require-role.ts";
import { refuseWhileChanging, settleSoon } from "./settle.ts";
import { validateSettings } from "./validate-settings.ts";
import { stateOf } from "./version-state.ts";
import { publish } from "./versions.ts";

const LONGEST_FUNCTION_NAME = 64;

/** Creates a function; it is Pending for a moment. */
export async function createFunction(
  lambda: Lambda,
  input: Input<"CreateFunction">,
  context: RequestContext,
): Promise<Output<"CreateFunction">> {
  const ref = readNewFunctionName(input.FunctionName, context);
  validateNew(ref, input);
  refuseSecond(lambda, ref);
  const layers = resolveLayers(lambda, input.Layers ?? [], context);
  const settings = { ...buildSettings(ref.name, input), ...(layers.length > 0 && { Layers: layers }) };
  await requireRole(lambda.cloud, ref, settings);
  const code = await lambda.code.receive(input.Code ?? {}, context);
  // A concurrent request may have created it while the code was being unpacked.
  refuseSecond(lambda, ref);
  const latest = newVersion(lambda, ref, settings, code);
  const record: FunctionRecord = { latest, nextVersion: 1, tags: { ...input.Tags } };
  lambda.state.functions.put(keyOf(ref), record);
  settleSoon(lambda, ref, "$LATEST");
  const shown = describeFunction(ref, latest);
  if (input.Publish !== true) return shown;
  const version = publish(lambda, ref, { pending: true });
  return { ...shown, Version: version.version };
}

function validateNew(ref: FunctionRef, input: Input<"CreateFunction">): void {
  if (ref.name.length > LONGEST_FUNCTION_NAME)
    throw invalidParameter(
      constraintText(
        constraintProblem(
          ref.name,
          "functionName",
          `Member must have length less than or equal to ${LONGEST_FUNCTION_NAME}`,
        ),
      ),
    );
  validateSettings(input);
  if (input.PackageType === "Image" || input.Code?.ImageUri !== undefined)
    throw new AwsError("NotImplemented", "The local cloud does not run functions from container images.", {
      statusCode: 501,
    });
  if (input.Runtime === undefined || input.Handler === undefined)
    throw invalidParameter(
      "Runtime and Handler are mandatory parameters for functions created with deployment packages.",
    );
}

function refuseSecond(lambda: Lambda, ref: FunctionRef): void {
  if (lambda.state.functions.get(keyOf(ref)) !== undefined) throw conflict(`Function already exist: ${ref.name}`);
}

function newVersion(lambda: Lambda, ref: FunctionRef, settings: FunctionSettings, code: StoredCode): VersionRecord {
  return {
    functionName: ref.name,
    version: "$LATEST",
    settings,
    codeSha256: code.sha256,
    codeSizeBytes: code.sizeBytes,
    revisionId: newRevision(),
    modifiedMs: lambda.cloud.clock.now(),
    state: "Pending",
    updating: false,
  };
}

/** Configuration, code location, tags and reserved concurrency. */
export function getFunction(
  lambda: Lambda,
  input: Input<"GetFunction">,
  context: RequestContext,
): Output<"GetFunction"> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  const record = lambda.state.version(ref);
  const { tags, reservedConcurrency } = lambda.state.function(ref);
  return {
    Configuration: describeFunction(ref, record, ref.qualifier, stateOf(lambda, ref, record)),
    Code: { RepositoryType: "S3", Location: `${lambda.cloud.endpoint}/_aws/lambda-code/${record.codeSha256}` },
    ...(Object.keys(tags).length === 0 ? {} : { Tags: { ...tags } }),
    ...(reservedConcurrency === undefined
      ? {}
      : { Concurrency: { ReservedConcurrentExecutions: reservedConcurrency } }),
  };
}

/** Returns the configuration of a function, version or alias, without its code. */
export function getFunctionConfiguration(
  lambda: Lambda,
  input: Input<"GetFunctionConfiguration">,
  context: RequestContext,
): Output<"GetFunctionConfiguration"> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  const record = lambda.state.version(ref);
  return describeFunction(ref, record, ref.qualifier, stateOf(lambda, ref, record));
}

/** Replaces the code of `$LATEST`, and publishes it on request. */
export async function updateFunctionCode(
  lambda: Lambda,
  input: Input<"UpdateFunctionCode">,
  context: RequestContext,
): Promise<Output<"UpdateFunctionCode">> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  validateSettings({ Architectures: input.Architectures });
  checkBefore(lambda, ref, input.RevisionId);
  const code = await lambda.code.receive(input, context);
  const before = checkBefore(lambda, ref, input.RevisionId);
  const settings = { ...before.settings, ...(input.Architectures && { Architectures: input.Architectures }) };
  const after = { ...updated(lambda, before), settings, codeSha256: code.sha256, codeSizeBytes: code.sizeBytes };
  if (input.DryRun === true) return describeFunction(ref, after);
  put(lambda, ref, after);
  if (input.Publish !== true) return describeFunction(ref, after);
  const version = publish(lambda, ref, { pending: true, warms: true });
  return describeFunction(ref, version, version.version);
}

/** Changes the settings of `$LATEST`. */
export async function updateFunctionConfiguration(
  lambda: Lambda,
  input: Input<"UpdateFunctionConfiguration">,
  context: RequestContext,
): Promise<Output<"UpdateFunctionConfiguration">> {
  const ref = { ...readFunctionRef(input.FunctionName, undefined, context), qualifier: undefined };
  validateSettings(input);
  const asked = checkBefore(lambda, ref, input.RevisionId);
  await requireRole(lambda.cloud, ref, mergeSettings(asked.settings, input));
  // Another update may have come first.
  const before = checkBefore(lambda, ref, input.RevisionId);
  const { Layers: layersBefore, ...settings } = mergeSettings(before.settings, input);
  const Layers = input.Layers === undefined ? layersBefore : resolveLayers(lambda, input.Layers, context);
  const after = { ...updated(lambda, before), settings: { ...settings, ...(Layers?.length && { Layers }) } };
  put(lambda, ref, after);
  return describeFunction(ref, after);
}

function checkBefore(lambda: Lambda, ref: FunctionRef, revisionId: string | undefined): VersionRecord {
  const { latest } = lambda.state.function(ref);
  refuseWhileChanging(ref, latest);
  if (revisionId !== undefined && revisionId !== latest.revisionId) throw staleRevision();
  return latest;
}

function updated(lambda: Lambda, before: VersionRecord): VersionRecord {
  return { ...before, updating: true, revisionId: newRevision(), modifiedMs: lambda.cloud.clock.now() };
}

function put(lambda: Lambda, ref: FunctionRef, latest: VersionRecord): void {
  lambda.state.putVersion(ref, latest);
  lambda.specs.retireOld(ref, "$LATEST");
  settleSoon(lambda, ref, "$LATEST");
}

/** Deletes the whole function, or one version that no alias refers to. */
export function deleteFunction(
  lambda: Lambda,
  input: Input<"DeleteFunction">,
  context: RequestContext,
): Output<"DeleteFunction"> {
  const ref = readFunctionRef(input.FunctionName, input.Qualifier, context);
  if (ref.qualifier === undefined) deleteWhole(lambda, ref);
  else deleteVersion(lambda, ref, ref.qualifier);
  return { StatusCode: 204 };
}

function deleteVersion(lambda: Lambda, ref: FunctionRef, version: string): void {
  if (version === "$LATEST") throw invalidParameter("$LATEST version cannot be deleted without deleting the function.");
  if (!/^\d+$|\$/.test(version)) throw invalidParameter("Deletion of aliases is not currently supported.");
  lambda.state.function(ref, unqualifiedArn(ref));
  const users = lambda.state
    .aliasesOf(ref)
    .filter((alias) => alias.functionVersion === version || version in alias.weights);
  if (users.length > 0)
    throw conflict(
      `Unable to delete version because the following aliases reference it: [${users.map(({ name }) => name).join(", ")}]`,
    );
  for (const collection of [lambda.state.versions, lambda.state.provisioned, lambda.state.lastUsed])
    collection.delete(`${keyOf(ref)}/${version}`);
  lambda.specs.retireOld(ref, version);
}

function deleteWhole(lambda: Lambda, ref: FunctionRef): void {
  const { state } = lambda;
  state.function(ref);
  const below = `${keyOf(ref)}/`;
  lambda.cloud.store.transaction(() => {
    const { versions, aliases, policies, eventInvokes, provisioned, lastUsed } = state;
    for (const collection of [versions, aliases, policies, eventInvokes, provisioned, lastUsed])
      for (const [key] of collection.list(below)) collection.delete(key);
    for (const [key, url] of state.urls.list())
      if (url.region === ref.region && url.functionName === ref.name) state.urls.delete(key);
    state.functions.delete(keyOf(ref));
  });
  lambda.gate.reservationsChanged();
  lambda.specs.retireOld(ref);
}
