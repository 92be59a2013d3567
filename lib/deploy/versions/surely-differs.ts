import { asIntrinsic } from "../../template/intrinsics.ts";
import { isObject } from "../../template/is-object.ts";
import { tryReadGetAtt } from "../../template/references.ts";

/** Whether a name that `Ref` names is a resource. */
type IsResource = (name: string) => boolean;

/**
 * Whether two values of templates, resolved as far as they are known, cannot come to the same. False where they are the
 * same, and where only the update knows: a dynamic reference, an import, a secret parameter, what a resource gives.
 */
export function surelyDiffers(one: unknown, other: unknown, isResource: IsResource): boolean {
  if (one === undefined || other === undefined) return one !== other && !mayBeAbsent(one ?? other);
  if (isDynamic(one) || isDynamic(other)) return false;
  const [first, second] = [callOf(one), callOf(other)];
  if (first !== undefined && second !== undefined) return callsDiffer(first, second, isResource);
  if (first !== undefined || second !== undefined) return false;
  if (Array.isArray(one) && Array.isArray(other)) return listsDiffer(one, other, isResource);
  if (isObject(one) && isObject(other)) {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].some((name) => surelyDiffers(one[name], other[name], isResource));
  }
  // CloudFormation takes `128` and `"128"` for the same.
  return isScalar(one) && isScalar(other) ? String(one) !== String(other) : one !== other;
}

/** A branch that only the update chooses may be `AWS::NoValue`. */
function mayBeAbsent(value: unknown): boolean {
  return callOf(value)?.name === "Fn::If";
}

interface Call {
  readonly name: string;
  readonly argument: unknown;
}

function callOf(value: unknown): Call | undefined {
  return isObject(value) ? asIntrinsic(value) : undefined;
}

/** Two resources give different names. Joined texts are compared part by part. */
function callsDiffer(one: Call, other: Call, isResource: IsResource): boolean {
  const [from, to] = [resourceOf(one, isResource), resourceOf(other, isResource)];
  if (from !== undefined && to !== undefined) return from !== to;
  if (one.name !== "Fn::Join" || other.name !== "Fn::Join") return false;
  return surelyDiffers(one.argument, other.argument, isResource);
}

function listsDiffer(one: readonly unknown[], other: readonly unknown[], isResource: IsResource): boolean {
  return one.length !== other.length || one.some((item, index) => surelyDiffers(item, other[index], isResource));
}

function resourceOf({ name, argument }: Call, isResource: IsResource): string | undefined {
  if (name === "Ref") return typeof argument === "string" && isResource(argument) ? argument : undefined;
  return name === "Fn::GetAtt" ? tryReadGetAtt(argument)?.logicalId : undefined;
}

function isDynamic(value: unknown): boolean {
  return typeof value === "string" && value.includes("{{resolve:");
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
