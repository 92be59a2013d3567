import { TemplateError } from "./template-error.ts";
import { INTRINSICS } from "./intrinsics.ts";
import { isObject } from "./is-object.ts";

/** What `AWS::NoValue` leaves: the property goes away. */
export const NO_VALUE = Symbol("AWS::NoValue");

/** A value that is only known once a resource has been created. Values computed from it are unknown as well. */
export const UNKNOWN = Symbol("known after apply");

/** The values of the names in a template. */
export interface Scope {
  /** A parameter, a pseudo parameter or a resource. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  /** Undefined where the map, the key or the attribute is missing. */
  mapping(map: string, key: string, attribute: string): unknown;
  importValue(name: string): unknown;
  readonly region: string;
}

/** Works out a value of a template: every intrinsic function replaced by what it gives. */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  }
  if (!isObject(value)) return value;
  const call = asIntrinsic(value);
  if (call) return INTRINSICS.get(call.name)!(call.argument, scope);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const resolved = evaluate(item, scope);
    if (resolved !== NO_VALUE) result[key] = resolved;
  }
  return result;
}

/** The intrinsic function that an object is, when it is one: `{"Ref": …}`, `{"Fn::Join": […]}`. */
export function asIntrinsic(value: Record<string, unknown>): { name: string; argument: unknown } | undefined {
  const keys = Object.keys(value);
  const name = keys[0];
  if (keys.length !== 1 || name === undefined) return undefined;
  if (INTRINSICS.has(name)) return { name, argument: value[name] };
  if (name.startsWith("Fn::") && name !== "Fn::Transform" && !name.startsWith("Fn::ForEach::")) {
    throw new TemplateError(`Template error: unknown intrinsic function ${name}`);
  }
  return undefined;
}

/** Whether an unknown value is anywhere inside. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}
