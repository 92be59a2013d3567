import { AwsError } from "../../../aws-error.ts";
import type { Lambda } from "../context.ts";
import type { FunctionRef } from "../functions/names.ts";
import { settleSoon } from "../functions/settle.ts";
import { hasSnapshot, stateOf } from "../functions/version-state.ts";
import type { VersionRecord } from "../records.ts";

/**
 * An invocation of an Inactive version fails, and has Lambda prepare it: it is Pending, and Active later. What it is
 * refused with depends on what was taken back.
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export function wakeIfInactive(lambda: Lambda, ref: FunctionRef, record: VersionRecord): void {
  if (stateOf(lambda, ref, record) !== "Inactive") return;
  lambda.state.putVersion(ref, { ...record, state: "Pending" });
  settleSoon(lambda, ref, record.version);
  throw hasSnapshot(record) ? snapshotNotReady() : connectionNotReady();
}

/** 409. https://docs.aws.amazon.com/lambda/latest/dg/snapstart-troubleshooting.html */
function snapshotNotReady(): AwsError {
  const text =
    "Lambda is initializing your function. It will be ready to invoke once your function state becomes ACTIVE.";
  return new AwsError("SnapStartNotReadyException", text, { statusCode: 409, members: { Type: "User" } });
}

/** 502. https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html#API_Invoke_Errors */
function connectionNotReady(): AwsError {
  const text =
    "The function is inactive and its VPC connection is no longer available. Wait for the VPC connection to reestablish and try again.";
  return new AwsError("ResourceNotReadyException", text, { statusCode: 502, members: { Type: "User" } });
}
