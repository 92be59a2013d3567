import { isDeepStrictEqual } from "node:util";
import type { Template, TemplateResource } from "../assembly/assembly.ts";
import { isObject } from "../template/is-object.ts";
import { isLocal, referencesOf } from "../template/references.ts";
import { replacementBy } from "../template/replacing-properties.ts";

/** What an update of a stack does to one resource. */
export interface TemplateChange {
  readonly logicalId: string;
  /** The type that it has after the update, or had before it was removed. */
  readonly type: string;
  readonly change: "add" | "update" | "replace" | "may-replace" | "remove" | "orphan";
  /** The properties with another value, by name. */
  readonly properties: readonly string[];
}

/**
 * What an update from one template to another does to each resource that is not the same in both, offline: by what AWS's
 * resource specification says of each property. A resource that refers to a replaced one in a property that needs a new
 * resource is replaced too.
 */
export function templateChanges(deployed: Template, desired: Template): TemplateChange[] {
  const [before, after] = [deployed.Resources ?? {}, desired.Resources ?? {}];
  const changes = new Map<string, TemplateChange>();
  for (const logicalId of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const change = compare(before[logicalId], after[logicalId]);
    if (change !== undefined) changes.set(logicalId, { logicalId, ...change });
  }
  while (followReplacements(changes, before, after));
  return [...changes.values()];
}

function compare(
  before: TemplateResource | undefined,
  after: TemplateResource | undefined,
): Omit<TemplateChange, "logicalId"> | undefined {
  if (before === undefined) return after && { type: after.Type, change: "add", properties: [] };
  if (after === undefined) {
    const stays = before.DeletionPolicy === "Retain" || before.DeletionPolicy === "RetainExceptOnCreate";
    return { type: before.Type, change: stays ? "orphan" : "remove", properties: [] };
  }
  const type = after.Type;
  if (before.Type !== type) return { type, change: "replace", properties: [] };
  const properties = differentKeys(before.Properties ?? {}, after.Properties ?? {});
  if (properties.length > 0) return { type, change: worst(type, properties), properties };
  return isSame(declaration(before), declaration(after)) ? undefined : { type, change: "update", properties };
}

/** Adds what is replaced because it refers to something that is. Returns whether it added anything. */
function followReplacements(
  changes: Map<string, TemplateChange>,
  before: NonNullable<Template["Resources"]>,
  after: NonNullable<Template["Resources"]>,
): boolean {
  const replaced = new Set([...changes.values()].flatMap((one) => (one.change === "replace" ? [one.logicalId] : [])));
  if (replaced.size === 0) return false;
  const refersToReplaced = (value: unknown) =>
    referencesOf(value).some((one) => isLocal(one) && replaced.has(one.target));
  let isChanged = false;
  for (const [logicalId, { Type: type, Properties: values = {} }] of Object.entries(after)) {
    if (replaced.has(logicalId) || before[logicalId] === undefined) continue;
    const following = Object.keys(values).filter((name) => refersToReplaced(values[name]));
    const known = changes.get(logicalId);
    const change = worst(type, [...following, ...(known?.properties ?? [])]);
    if (change === "update" || change === known?.change) continue;
    const properties = [...new Set([...(known?.properties ?? []), ...following])];
    changes.set(logicalId, { logicalId, type, change, properties });
    isChanged = true;
  }
  return isChanged;
}

function worst(type: string, properties: readonly string[]): "replace" | "may-replace" | "update" {
  const all = new Set(properties.map((name) => replacementBy(type, name)));
  return (["replace", "may-replace"] as const).find((one) => all.has(one)) ?? "update";
}

/** What a resource says besides its properties. */
function declaration({ Properties: _properties, DependsOn: dependsOn = [], ...rest }: TemplateResource): object {
  return { ...rest, DependsOn: [dependsOn].flat().toSorted() };
}

function differentKeys(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !isSame(one[name], other[name]));
}

/** Whether CloudFormation takes two values for the same: it reads "10" as 10 and "true" as true. */
function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(plain(one), plain(other));
}

function plain(value: unknown): unknown {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const { "Fn::GetAtt": attribute } = value;
  if (typeof attribute === "string") return { "Fn::GetAtt": attribute.split(".") };
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
