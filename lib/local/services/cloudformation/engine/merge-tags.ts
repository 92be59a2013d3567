import type { Checked } from "../../../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-cloudformation";
import { isObject } from "../../../../template/is-object.ts";

/** A stack's tags and a resource's own, a list or a map as the type has them. The resource's own win. */
export function mergeTags(own: unknown, stackTags: readonly Checked<Tag>[]): { Key: string; Value: string }[] {
  const pairs = Array.isArray(own) ? own.filter(isObject).map(({ Key, Value }) => [Key, Value]) : [];
  const entries = isObject(own) ? Object.entries(own) : pairs;
  const all = [...stackTags.map(({ Key, Value }) => [Key, Value]), ...entries];
  return [...new Map(all.map(([key, value]) => [String(key), String(value)]))].map(([Key, Value]) => ({ Key, Value }));
}
