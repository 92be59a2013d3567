import { splitGetAtt, asIntrinsic } from "./intrinsics.ts";
import { isObject } from "./is-object.ts";

/** Refuses functions that CloudFormation does not know, and `Fn::GetAtt` without a resource and an attribute. */
export function checkFunctions(value: unknown): void {
  if (Array.isArray(value)) for (const item of value) checkFunctions(item);
  if (!isObject(value)) return;
  const call = asIntrinsic(value);
  if (call?.name === "Fn::GetAtt") splitGetAtt(call.argument);
  for (const item of Object.values(value)) checkFunctions(item);
}
