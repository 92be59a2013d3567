import { isObject } from "./is-object.ts";

/** What `AWS::NoValue` leaves: the property goes away. */
export const NO_VALUE = Symbol("AWS::NoValue");

/** A value that is only known once a resource has been created. Values computed from it are unknown as well. */
export const UNKNOWN = Symbol("known after apply");

/** What names in a template stand for. */
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

/** Whether an unknown value is anywhere inside. */
export function hasUnknown(value: unknown): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}
