import { templateFormatError } from "./format-error.ts";
import { isObject } from "./is-object.ts";
import { sectionLimit } from "./limits.ts";
import { TemplateError } from "./template-error.ts";
import { parseTemplateText, type RawTemplate } from "./parse.ts";
import { textOf } from "./text.ts";

/** A parameter as the template declares it. */
export interface ParameterDeclaration {
  readonly name: string;
  readonly type: string;
  readonly defaultValue?: string;
  readonly noEcho: boolean;
  readonly description?: string;
  readonly allowedValues?: readonly string[];
  readonly allowedPattern?: string;
  readonly constraintDescription?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minValue?: number;
  readonly maxValue?: number;
}

/** A resource as the template declares it, its properties still with intrinsic functions. */
export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: unknown;
  readonly condition?: string;
  readonly dependsOn: readonly string[];
  /** Both policies may be intrinsic functions under AWS::LanguageExtensions. */
  readonly deletionPolicy?: unknown;
  readonly updateReplacePolicy?: unknown;
  readonly metadata?: unknown;
  readonly creationPolicy?: unknown;
  readonly updatePolicy?: unknown;
}

/** An output as the template declares it. */
export interface OutputDeclaration {
  readonly name: string;
  readonly value: unknown;
  readonly description?: unknown;
  readonly exportName?: unknown;
  readonly condition?: string;
}

/** A template whose form has been checked. Everything that users name is in maps. */
export interface Template {
  readonly raw: RawTemplate;
  readonly description?: string;
  readonly metadata?: unknown;
  readonly transforms: readonly unknown[];
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  readonly mappings: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, unknown>>>;
  readonly conditions: ReadonlyMap<string, unknown>;
  readonly rules: ReadonlyMap<string, unknown>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
}

const SECTIONS = new Set([
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Transform",
  "Parameters",
  "Mappings",
  "Conditions",
  "Rules",
  "Resources",
  "Outputs",
  "Hooks",
]);
const RESOURCE_MEMBERS = new Set([
  "Type",
  "Properties",
  "Condition",
  "DependsOn",
  "DeletionPolicy",
  "UpdateReplacePolicy",
  "Metadata",
  "CreationPolicy",
  "UpdatePolicy",
  "Version",
  "Description",
]);

/** Reads a template's text and checks its form: sections, names, counts. */
export function readTemplate(text: string): Template {
  return buildTemplate(parseTemplateText(text));
}

/** Checks the form of a template that was read (or that a transform has written). */
export function buildTemplate(raw: RawTemplate): Template {
  const unknown = Object.keys(raw).filter((key) => !SECTIONS.has(key));
  if (unknown.length > 0) throw invalid(`Invalid template property or properties [${unknown.join(", ")}]`);
  const transform = raw.Transform;
  const template = {
    raw,
    description: readDescription(raw.Description),
    metadata: raw.Metadata,
    transforms: transform === undefined ? [] : Array.isArray(transform) ? transform : [transform],
    parameters: readParameters(section(raw, "Parameters")),
    mappings: readMappings(section(raw, "Mappings")),
    conditions: section(raw, "Conditions"),
    rules: section(raw, "Rules"),
    resources: readResources(section(raw, "Resources")),
    outputs: readOutputs(section(raw, "Outputs")),
  };
  refuseNulls(raw.Resources, "/Resources");
  return template;
}

function invalid(message: string): TemplateError {
  return new TemplateError(message);
}

function readDescription(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== "string") throw templateFormatError("Description must be a string.");
  if (Buffer.byteLength(value) > 1024)
    throw invalid("Template format error: 'Description' length is greater than 1024.");
  return value;
}

/** One of the template's sections as a map, its keys checked. */
function section(raw: RawTemplate, name: string): Map<string, unknown> {
  const value = raw[name];
  if (value === undefined) return new Map();
  if (!isObject(value)) throw templateFormatError(`Any ${name} member must be an object.`);
  const limit = sectionLimit(name);
  const entries = Object.entries(value);
  if (limit !== undefined && entries.length > limit) {
    throw templateFormatError(
      `Number of ${name.toLowerCase()}, ${entries.length}, is greater than maximum allowed, ${limit}`,
    );
  }
  return new Map(entries);
}

function readParameters(entries: Map<string, unknown>): Map<string, ParameterDeclaration> {
  const parameters = new Map<string, ParameterDeclaration>();
  for (const [name, value] of entries) {
    if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw templateFormatError(`Parameter name ${name} is non alphanumeric.`);
    if (!isObject(value)) throw templateFormatError("Any Parameters member must be an object.");
    if (typeof value.Type !== "string") {
      throw templateFormatError(`Every Parameters object must contain a Type member.`);
    }
    parameters.set(name, {
      name,
      type: value.Type,
      defaultValue: value.Default === undefined ? undefined : parameterText(value.Default),
      noEcho: value.NoEcho === true || value.NoEcho === "true",
      description: value.Description as string | undefined,
      allowedValues: (value.AllowedValues as unknown[] | undefined)?.map(parameterText),
      allowedPattern: value.AllowedPattern as string | undefined,
      constraintDescription: value.ConstraintDescription as string | undefined,
      minLength: numberOf(value.MinLength),
      maxLength: numberOf(value.MaxLength),
      minValue: numberOf(value.MinValue),
      maxValue: numberOf(value.MaxValue),
    });
  }
  return parameters;
}

function parameterText(value: unknown): string {
  if (Array.isArray(value)) return value.map(parameterText).join(",");
  if (value === null || typeof value === "object") throw templateFormatError("Every Default member must be a string.");
  return textOf(value);
}

function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function readMappings(entries: Map<string, unknown>): Map<string, Map<string, Map<string, unknown>>> {
  const mappings = new Map<string, Map<string, Map<string, unknown>>>();
  for (const [name, value] of entries) {
    if (name.startsWith("Fn::Transform") || name.startsWith("Fn::ForEach")) continue;
    if (!isObject(value)) throw templateFormatError("Every Mappings member must be a map");
    const first = new Map<string, Map<string, unknown>>();
    for (const [key, inner] of Object.entries(value)) {
      if (!isObject(inner)) throw templateFormatError(`Every Mappings member ${key} must be a map`);
      for (const leaf of Object.values(inner)) checkMappingLeaf(leaf);
      first.set(key, new Map(Object.entries(inner)));
    }
    mappings.set(name, first);
  }
  return mappings;
}

function checkMappingLeaf(leaf: unknown): void {
  const ok = Array.isArray(leaf) ? leaf.every((item) => !isObject(item)) : !isObject(leaf) && leaf !== null;
  if (!ok) throw templateFormatError("Every Mappings attribute must be a String or a List.");
}

function readResources(entries: Map<string, unknown>): Map<string, ResourceDeclaration> {
  if (entries.size === 0) throw templateFormatError("At least one Resources member must be defined.");
  const resources = new Map<string, ResourceDeclaration>();
  for (const [logicalId, value] of entries) {
    if (logicalId.startsWith("Fn::ForEach::")) continue;
    if (!/^[A-Za-z0-9]{1,255}$/.test(logicalId)) {
      throw templateFormatError(`Resource name ${logicalId} is non alphanumeric.`);
    }
    resources.set(logicalId, readResource(logicalId, value));
  }
  return resources;
}

function readResource(logicalId: string, value: unknown): ResourceDeclaration {
  if (!isObject(value)) throw templateFormatError("Any Resources member must be an object.");
  if (value.Type === undefined) {
    throw templateFormatError(`[/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  }
  for (const member of Object.keys(value)) {
    if (!RESOURCE_MEMBERS.has(member)) throw invalid(`Invalid template resource property '${member}'`);
  }
  if (value.Properties !== undefined && !isObject(value.Properties)) {
    throw templateFormatError(`[/Resources/${logicalId}/Properties] must be an object.`);
  }
  return {
    logicalId,
    type: textOf(value.Type),
    properties: value.Properties ?? {},
    condition: value.Condition as string | undefined,
    dependsOn: readDependsOn(value.DependsOn),
    deletionPolicy: readPolicy(logicalId, "DeletionPolicy", value.DeletionPolicy),
    updateReplacePolicy: readPolicy(logicalId, "UpdateReplacePolicy", value.UpdateReplacePolicy),
    metadata: value.Metadata,
    creationPolicy: value.CreationPolicy,
    updatePolicy: value.UpdatePolicy,
  };
}

function readDependsOn(value: unknown): string[] {
  if (value === undefined) return [];
  const list = Array.isArray(value) ? value : [value];
  if (list.some((item) => typeof item !== "string")) {
    throw templateFormatError("Every DependsOn value must be a string.");
  }
  return [...new Set(list as string[])];
}

function readPolicy(logicalId: string, name: string, value: unknown): unknown {
  if (value === undefined || isObject(value)) return value;
  const allowed =
    name === "DeletionPolicy"
      ? ["Delete", "Retain", "Snapshot", "RetainExceptOnCreate"]
      : ["Delete", "Retain", "Snapshot"];
  if (!allowed.includes(value as string)) {
    throw templateFormatError(`Unrecognized ${name} ${textOf(value)} for resource ${logicalId}`);
  }
  return value;
}

function readOutputs(entries: Map<string, unknown>): Map<string, OutputDeclaration> {
  const outputs = new Map<string, OutputDeclaration>();
  for (const [name, value] of entries) {
    if (name.startsWith("Fn::ForEach::")) continue;
    if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw templateFormatError(`Output name ${name} is non alphanumeric.`);
    if (isObject(value) && value.Value === null) {
      throw invalid(`[/Outputs/${name}/Value] 'null' values are not allowed in templates`);
    }
    if (!isObject(value) || value.Value === undefined) {
      throw templateFormatError("Every Outputs member must contain a Value object");
    }
    outputs.set(name, {
      name,
      value: value.Value,
      description: value.Description,
      exportName: isObject(value.Export) ? value.Export.Name : undefined,
      condition: value.Condition as string | undefined,
    });
  }
  return outputs;
}

function refuseNulls(value: unknown, path: string): void {
  if (value === null) throw invalid(`[${path}] 'null' values are not allowed in templates`);
  if (Array.isArray(value)) value.forEach((item, index) => refuseNulls(item, `${path}/${index}`));
  else if (typeof value === "object") {
    for (const [key, item] of Object.entries(value)) refuseNulls(item, `${path}/${key}`);
  }
}
