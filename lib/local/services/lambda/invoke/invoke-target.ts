import { pickVersion } from "../functions/aliases.ts";
import type { Lambda } from "../context.ts";
import { functionArn, isVersionNumber, type FunctionRef } from "../functions/names.ts";
import type { VersionRecord } from "../records.ts";
import { refuseInState } from "../functions/version-state.ts";

/** What an event goes to. */
export interface InvokeTarget {
  readonly ref: FunctionRef;
  readonly version: VersionRecord;
  /** The ARN that was called: with the alias or version where one was named. */
  readonly invokedArn: string;
}

/** Finds the version that receives this event; an alias decides by its weights, for each event separately. */
export function findTarget({ state }: Lambda, ref: FunctionRef): InvokeTarget {
  const qualifier = ref.qualifier ?? "$LATEST";
  const record = state.function(ref, functionArn(ref, qualifier));
  const number =
    isVersionNumber(qualifier) || qualifier === "$LATEST" ? qualifier : pickVersion(state.alias(ref, qualifier));
  const version = number === "$LATEST" ? record.latest : state.publishedVersion(ref, number);
  refuseInState(version.state, "Pending", "Failed");
  return { ref, version, invokedArn: functionArn(ref) };
}
