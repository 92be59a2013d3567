import type { Checked } from "../../../kit/checked.ts";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";
import { functionArn, type FunctionRef } from "./names.ts";
import type { VersionRecord } from "../records.ts";
import type { VersionState } from "./version-state.ts";

/** What AWS answers during updates too (recorded), though the SDK's model does not list it there. */
const CREATING = "Creating" as NonNullable<Checked<FunctionConfiguration>["LastUpdateStatusReasonCode"]>;

const SUCCESSFUL = { LastUpdateStatus: "Successful" } as const;

/** Lambda's time format: milliseconds and `+0000`. */
export function formatTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace("Z", "+0000");
}

/** The configuration as Get, Create and Update answer it, with states. `qualifier` is what the caller named. */
export function describeFunction(
  ref: FunctionRef,
  record: VersionRecord,
  qualifier = ref.qualifier,
  state: VersionState = record.state,
): Checked<FunctionConfiguration> {
  return {
    ...listedFunction(ref, record, qualifier),
    ...statesOf(record, state),
    RuntimeVersionConfig: { RuntimeVersionArn: `arn:aws:lambda:${ref.region}::runtime:${record.settings.Runtime}` },
  };
}

/** The configuration as lists show it, without states. */
export function listedFunction(
  ref: FunctionRef,
  record: VersionRecord,
  qualifier = ref.qualifier,
): Checked<FunctionConfiguration> {
  return {
    FunctionName: record.functionName,
    FunctionArn: functionArn(ref, qualifier),
    ...record.settings,
    CodeSha256: Buffer.from(record.codeSha256, "hex").toString("base64"),
    CodeSize: record.codeSizeBytes,
    LastModified: formatTime(record.modifiedMs),
    RevisionId: record.revisionId,
    Version: record.version,
  };
}

function statesOf(record: VersionRecord, state: VersionState): Checked<FunctionConfiguration> {
  if (state === "Pending")
    return { State: "Pending", StateReason: "The function is being created.", StateReasonCode: "Creating" };
  if (state === "Inactive")
    return { State: "Inactive", StateReason: "The function is idle.", StateReasonCode: "Idle", ...SUCCESSFUL };
  if (state === "Failed")
    return { State: "Failed", StateReason: record.failure?.text, StateReasonCode: record.failure?.code };
  if (!record.updating) return { State: "Active", ...SUCCESSFUL };
  return {
    State: "Active",
    LastUpdateStatus: "InProgress",
    LastUpdateStatusReason: "The function is being created.",
    LastUpdateStatusReasonCode: CREATING,
  };
}
