import { hasUnknown } from "../../../../template/value-scope.ts";
import { metadataText, shownValue } from "./shown-value.ts";
import type { RequiresRecreation } from "@aws-sdk/client-cloudformation";
import { isLocal, referencesOf, type LocalReference } from "../../../../template/references.ts";
import { desiredProperties, shownOf, shownProperties } from "../engine/desired.ts";
import type { ResourceRecord, Revision, StackRecord } from "../model.ts";
import { policyOf, type RevisionPlan } from "../plan.ts";
import { resourceSchema } from "../schema/resource-schema.ts";
import { isObject } from "../../../../template/is-object.ts";
import { readTemplate, type ResourceDeclaration } from "../../../../template/template.ts";
import { resourceType } from "../types/registry.ts";
import type { Properties } from "../types/resource-type.ts";
import { sameValue } from "../types/tolerate.ts";

/** What the changes of a change set are computed from. */
export interface ChangeInput {
  readonly stack: StackRecord;
  readonly account: string;
  readonly resources: ReadonlyMap<string, ResourceRecord>;
  readonly previous: Revision | undefined;
  readonly next: Revision;
  readonly findExport: (name: string) => string | undefined;
}

/** What becomes of a resource: `modified` may also be "perhaps modified". */
export type ResourceFate = "same" | "added" | "removed" | "modified" | "replaced";

/** One reason why one attribute of a resource changes. */
export interface FoundDetail {
  readonly attribute: "Properties" | "Metadata" | "Tags" | "DeletionPolicy" | "UpdateReplacePolicy";
  readonly name?: string;
  readonly source:
    | "DirectModification"
    | "ParameterReference"
    | "ResourceReference"
    | "ResourceAttribute"
    | "Automatic";
  readonly evaluation: "Static" | "Dynamic";
  readonly cause?: string;
  readonly recreation: RequiresRecreation;
  /** Shown only with property values, or only without. */
  readonly only?: "with values" | "without values";
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A resource that a change set would add, modify or remove. */
export interface FoundChange {
  readonly logicalId: string;
  readonly type: string;
  readonly fate: ResourceFate;
  readonly record?: ResourceRecord;
  readonly details: readonly FoundDetail[];
  readonly before?: ResourceContent;
  readonly after?: ResourceContent;
  /** The properties after the change, secrets included; undefined where the resource goes. */
  readonly desired?: Properties;
}

/** What a change set shows of a resource before or after the change. */
export interface ResourceContent {
  readonly Properties: Properties;
  readonly Metadata?: unknown;
}

/** The type whose resources are stacks themselves. */
export const NESTED_STACK = "AWS::CloudFormation::Stack";

interface Comparison extends ChangeInput {
  readonly plan: RevisionPlan;
  readonly declaration: ResourceDeclaration;
  readonly record: ResourceRecord | undefined;
  readonly fates: ReadonlyMap<string, ResourceFate>;
}

/** Compares one resource with its declaration in the template. */
export function findChanges(input: Comparison): FoundChange {
  const { declaration, record, plan } = input;
  const desired = desiredProperties(plan, declaration);
  const shown = shownProperties(plan, declaration);
  const metadata = metadataText(plan, declaration);
  const after = { Properties: shown, ...(metadata !== undefined && { Metadata: JSON.parse(metadata) as unknown }) };
  const base = { logicalId: declaration.logicalId, type: declaration.type, after, desired };
  if (!record?.live || record.status === "DELETE_COMPLETE") return { ...base, fate: "added", details: [] };
  const details = [
    ...metadataDetails(input, metadata),
    ...propertyDetails(input, desired, shown),
    ...tagDetails(input, desired),
    ...policyDetails(input),
    ...nestedDetails(declaration),
  ];
  const beforeMetadata = record.metadata === undefined ? {} : { Metadata: JSON.parse(record.metadata) as unknown };
  const before = { Properties: shownOf(record.live) ?? {}, ...beforeMetadata };
  const isReplaced = details.some((detail) => detail.recreation === "Always" && detail.evaluation === "Static");
  const fate = details.length === 0 ? "same" : isReplaced ? "replaced" : "modified";
  return { ...base, fate, record, details, before };
}

function propertyDetails(input: Comparison, desired: Properties, shown: Properties): FoundDetail[] {
  const before = input.record!.live!.properties;
  const names = [...new Set([...Object.keys(before), ...Object.keys(desired)])].sort();
  return names.flatMap((name) => onePropertyDetails(input, name, desired, shown));
}

function onePropertyDetails(input: Comparison, name: string, desired: Properties, shown: Properties): FoundDetail[] {
  const { declaration, plan, record } = input;
  const { live } = record!;
  const written = isObject(declaration.properties) ? declaration.properties[name] : undefined;
  const recreation = recreationOf(declaration.type, name, desired, record!);
  const values = { before: shownOf(live)?.[name], after: shown[name] };
  const common = { attribute: "Properties", name, recreation, ...values } as const;
  const isChanged = !sameValue(shownValue(live!.properties[name]), shownValue(desired[name]));
  const causes = causesOf(input, referencesOf(written, (condition) => plan.scope.condition(condition)).filter(isLocal));
  if (!isChanged) {
    // A resource that changes may return another value afterwards: that is not known in advance.
    const dynamic = { ...common, source: "ResourceAttribute", evaluation: "Dynamic", only: "without values" } as const;
    return causes.attributes.map((cause): FoundDetail => Object.assign({}, dynamic, { cause }));
  }
  const details: FoundDetail[] = [
    ...causes.parameters.map(
      (cause) => ({ ...common, source: "ParameterReference", evaluation: "Static", cause }) as const,
    ),
    ...causes.replacedRefs.map(
      (cause) => ({ ...common, source: "ResourceReference", evaluation: "Static", cause }) as const,
    ),
    ...causes.replacedAttributes.map(
      (cause) => ({ ...common, source: "ResourceAttribute", evaluation: "Static", cause }) as const,
    ),
  ];
  const isOwn = !sameValue(written, previousProperty(input, name));
  if (details.length === 0 || isOwn)
    return [{ ...common, source: "DirectModification", evaluation: "Static" }, ...(isOwn ? [] : details)];
  const direct = { ...common, source: "DirectModification", evaluation: "Dynamic" } as const;
  return causes.parameters.length > 0 ? [...details, direct] : [{ ...direct, only: "with values" }, ...details];
}

/** What a property's functions refer to, as far as it changes. */
function causesOf(input: Comparison, references: readonly LocalReference[]) {
  const causes = {
    parameters: new Set<string>(),
    replacedRefs: new Set<string>(),
    replacedAttributes: new Set<string>(),
    attributes: new Set<string>(),
  };
  for (const reference of references) {
    const { target } = reference;
    const attribute = reference.kind === "GetAtt" ? (reference.attribute ?? "*") : undefined;
    const fate = input.fates.get(target);
    const isOpen = fate === "replaced" || fate === "added";
    const named = `${target}.${attribute}`;
    if (attribute === undefined && isParameterChanged(input, target)) causes.parameters.add(target);
    else if (isOpen && attribute === undefined) causes.replacedRefs.add(target);
    else if (isOpen) causes.replacedAttributes.add(named);
    else if (fate === "modified" && attribute !== undefined) causes.attributes.add(named);
  }
  return {
    parameters: [...causes.parameters],
    replacedRefs: [...causes.replacedRefs],
    replacedAttributes: [...causes.replacedAttributes],
    attributes: [...causes.attributes],
  };
}

function isParameterChanged(input: Comparison, name: string): boolean {
  const value = (revision: Revision | undefined) =>
    revision?.parameters.find((parameter) => parameter.key === name)?.value;
  return value(input.previous) !== value(input.next);
}

function recreationOf(type: string, name: string, desired: Properties, record: ResourceRecord): RequiresRecreation {
  const handler = resourceType(type)!;
  const replace = resourceSchema(type)?.properties[name]?.replace;
  if (replace === "yes" || !handler.update) return "Always";
  if (!hasUnknown(desired) && handler.replaces?.({ ...record.live!.properties, [name]: desired[name] }, record.live!))
    return "Always";
  return replace === "maybe" ? "Conditionally" : "Never";
}

/** The property as the stack's present template writes it. */
function previousProperty(input: Comparison, name: string): unknown {
  const properties = previousDeclaration(input)?.properties;
  return isObject(properties) ? properties[name] : undefined;
}

const templates = new WeakMap<Revision, ReadonlyMap<string, ResourceDeclaration>>();

function previousDeclaration(input: Comparison): ResourceDeclaration | undefined {
  const { previous } = input;
  if (!previous) return undefined;
  let resources = templates.get(previous);
  if (!resources) {
    resources = readTemplate(previous.processed ?? previous.body).resources;
    templates.set(previous, resources);
  }
  return resources.get(input.declaration.logicalId);
}

function metadataDetails(input: Comparison, metadata: string | undefined): FoundDetail[] {
  const { record, declaration, plan } = input;
  if (record!.metadata === metadata) return [];
  const common = { attribute: "Metadata", recreation: "Never" } as const;
  const causes = causesOf(
    input,
    referencesOf(declaration.metadata, (condition) => plan.scope.condition(condition)).filter(isLocal),
  );
  if (causes.parameters.length === 0) return [{ ...common, source: "DirectModification", evaluation: "Static" }];
  return [
    ...causes.parameters.map(
      (cause) => ({ ...common, source: "ParameterReference", evaluation: "Static", cause }) as const,
    ),
    { ...common, source: "DirectModification", evaluation: "Dynamic" },
  ];
}

function tagDetails(input: Comparison, desired: Properties): FoundDetail[] {
  const { record, plan, declaration } = input;
  const schema = resourceSchema(declaration.type);
  if (!schema?.tags || !resourceType(declaration.type)!.update) return [];
  if (sameValue(record!.live!.stackTags, plan.revision.tags) || desired === undefined) return [];
  return [{ attribute: "Tags", source: "DirectModification", evaluation: "Static", recreation: "Never" }];
}

/**
 * A nested stack is listed in every change set of its outer stack, whether anything in it changes or not.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/change-sets-for-nested-stacks.html
 */
function nestedDetails({ type }: ResourceDeclaration): FoundDetail[] {
  if (type !== NESTED_STACK) return [];
  return [{ attribute: "Properties", source: "Automatic", evaluation: "Dynamic", recreation: "Never" }];
}

function policyDetails(input: Comparison): FoundDetail[] {
  const { record, declaration, plan } = input;
  const common = { source: "DirectModification", evaluation: "Static", recreation: "Never" } as const;
  const changed: FoundDetail[] = [];
  if (record!.deletionPolicy !== policyOf(plan, declaration.deletionPolicy))
    changed.push({ ...common, attribute: "DeletionPolicy" });
  if (record!.updateReplacePolicy !== policyOf(plan, declaration.updateReplacePolicy)) {
    changed.push({ ...common, attribute: "UpdateReplacePolicy" });
  }
  return changed;
}
