import { pickVersion } from "../functions/aliases.ts";
import type { Lambda } from "../context.ts";
import { functionArn, isVersionNumber, type FunctionRef } from "../functions/names.ts";
import type { InvokeTarget } from "../records.ts";
import { refuseInState } from "../functions/version-state.ts";

/** Finds the version that takes this event; an alias decides by its weights, for each event. */
export function findTarget({ state }: Lambda, ref: FunctionRef): InvokeTarget {
  const qualifier = ref.qualifier ?? "$LATEST";
  const record = state.function(ref, functionArn(ref, qualifier));
  const number =
    isVersionNumber(qualifier) || qualifier === "$LATEST" ? qualifier : pickVersion(state.alias(ref, qualifier));
  const version = number === "$LATEST" ? record.latest : state.publishedVersion(ref, number);
  refuseInState(version.state, "Pending", "Failed");
  return { ref, version, invokedArn: functionArn(ref) };
}
