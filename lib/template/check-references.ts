import { templateFormatError } from "./format-error.ts";
import { PSEUDO_PARAMETERS } from "./pseudo-parameters.ts";
import { isLocal, referencesOf, type ChooseBranch, type LocalReference } from "./references.ts";
import { TemplateError } from "./template-error.ts";
import { checkFunctions } from "./check-functions.ts";
import { isObject } from "./is-object.ts";
import { type ResourceDeclaration, type Template } from "./template.ts";

/** Whether a resource type has an attribute for `Fn::GetAtt`; undefined for unknown types. */
export type KnowsAttribute = (type: string, attribute: string) => boolean | undefined;

/** Refuses names that refer to nothing, as far as the template's text shows. */
export function checkReferences(template: Template, knowsAttribute: KnowsAttribute): void {
  checkFunctions([...template.conditions.values()]);
  checkConditionNames(template);
  for (const resource of template.resources.values()) checkFunctions([resource.properties, resource.metadata]);
  for (const output of template.outputs.values()) checkFunctions([output.value, output.exportName]);
  const missing = new Set<string>();
  for (const resource of template.resources.values()) {
    for (const target of resource.dependsOn) if (!template.resources.has(target)) missing.add(target);
    for (const reference of localReferencesOf([resource.properties, resource.metadata])) {
      checkReference(template, reference, missing, knowsAttribute);
    }
  }
  if (missing.size > 0) throw unresolved([...missing], "Resources");
  checkOutputs(template, knowsAttribute);
}

/** Once conditions are known: refuses references to resources that are not made. */
export function checkActiveReferences(
  template: Template,
  active: ReadonlyMap<string, ResourceDeclaration>,
  choose: ChooseBranch,
): void {
  const isSkipped = (name: string) => template.resources.has(name) && !active.has(name);
  const missing = new Set<string>();
  for (const resource of active.values()) {
    for (const { target } of localReferencesOf(resource.properties, choose)) if (isSkipped(target)) missing.add(target);
  }
  if (missing.size > 0) throw unresolved([...missing], "Resources");
  for (const output of template.outputs.values()) {
    if (output.condition !== undefined && !choose(output.condition)) continue;
    for (const { target } of localReferencesOf([output.value, output.exportName], choose)) {
      if (isSkipped(target)) missing.add(target);
    }
  }
  if (missing.size > 0) {
    throw new TemplateError(
      `Unresolved resource dependencies [${[...missing].join(", ")}] in the Outputs block of the template`,
    );
  }
}

function localReferencesOf(value: unknown, choose?: ChooseBranch): LocalReference[] {
  return referencesOf(value, choose).filter(isLocal);
}

function checkReference(
  template: Template,
  reference: LocalReference,
  missing: Set<string>,
  knowsAttribute: KnowsAttribute,
): void {
  const { target } = reference;
  if (!template.resources.has(target) && !(reference.kind === "Ref" && isKnownName(template, target))) {
    missing.add(target);
  } else if (reference.kind === "GetAtt") checkAttribute(template, target, reference.attribute, knowsAttribute);
}

function isKnownName(template: Template, name: string): boolean {
  return PSEUDO_PARAMETERS.has(name) || template.parameters.has(name);
}

function unresolved(names: readonly string[], block: string): TemplateError {
  return templateFormatError(
    `Unresolved resource dependencies [${names.join(", ")}] in the ${block} block of the template`,
  );
}

function checkOutputs(template: Template, knowsAttribute: KnowsAttribute): void {
  const missing = new Set<string>();
  for (const output of template.outputs.values()) {
    for (const reference of localReferencesOf([output.value, output.exportName])) {
      checkReference(template, reference, missing, knowsAttribute);
    }
  }
  if (missing.size > 0) throw unresolved([...missing], "Outputs");
}

function checkAttribute(
  template: Template,
  target: string,
  attribute: string | undefined,
  knows: KnowsAttribute,
): void {
  const resource = template.resources.get(target);
  if (!resource || attribute === undefined) return;
  if (knows(resource.type, attribute) !== false) return;
  throw new TemplateError(
    `Template error: resource ${target} does not support attribute type ${attribute} in Fn::GetAtt`,
  );
}

function checkConditionNames(template: Template): void {
  const check = (name: string, block: string) => {
    if (template.conditions.has(name)) return;
    throw templateFormatError(`Unresolved condition dependency ${name} in the ${block} block of the template`);
  };
  for (const resource of template.resources.values()) {
    if (resource.condition !== undefined) check(resource.condition, "Resources");
    for (const name of conditionsIn(resource.properties)) {
      if (!template.conditions.has(name)) {
        throw new TemplateError(`Template error: unresolved condition dependency ${name} in Fn::If`);
      }
    }
  }
  for (const output of template.outputs.values()) {
    if (output.condition !== undefined) check(output.condition, "Outputs");
    for (const name of conditionsIn(output.value)) check(name, "Outputs");
  }
  for (const [, condition] of template.conditions) {
    for (const name of conditionsIn(condition, true)) check(name, "Conditions");
    const bad = localReferencesOf(condition).filter((reference) => !isKnownName(template, reference.target));
    if (bad.length > 0) {
      const names = [...new Set(bad.map((reference) => reference.target))].join(", ");
      throw templateFormatError(
        `Unresolved dependencies [${names}]. Cannot reference resources in the Conditions block of the template`,
      );
    }
  }
}

/** The conditions that `Fn::If` (and `Condition`, among conditions) name in a value. */
function conditionsIn(value: unknown, amongConditions = false): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => conditionsIn(item, amongConditions));
  if (!isObject(value)) return [];
  const branches = value["Fn::If"];
  const named = Array.isArray(branches) && typeof branches[0] === "string" ? [branches[0]] : [];
  const direct =
    amongConditions && Object.keys(value).length === 1 && typeof value.Condition === "string" ? [value.Condition] : [];
  return [...named, ...direct, ...Object.values(value).flatMap((item) => conditionsIn(item, amongConditions))];
}
