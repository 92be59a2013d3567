import { isObject } from "./is-object.ts";
import { placeholdersOf } from "./placeholders.ts";

/** Where a reference is written, from the value that was walked: `["Environment", "Variables", "QUEUE", "Fn::Sub"]`. */
export type TemplatePath = readonly (string | number)[];

/** A name that a value of a template depends on, with the place where it is written. */
export type Reference =
  | {
      /** `Ref`, or a plain name in `Fn::Sub`. */
      readonly kind: "Ref";
      /** A resource's logical id, a parameter or a pseudo parameter. */
      readonly target: string;
      readonly path: TemplatePath;
    }
  | {
      /** `Fn::GetAtt`, or a name with a dot in `Fn::Sub`. */
      readonly kind: "GetAtt";
      readonly target: string;
      /** Undefined where another function gives the attribute's name. */
      readonly attribute: string | undefined;
      readonly path: TemplatePath;
    }
  | {
      readonly kind: "ImportValue";
      /** The export's name as written: a string, or a function that gives it. */
      readonly name: unknown;
      readonly path: TemplatePath;
    }
  | { readonly kind: "DependsOn"; readonly target: string; readonly path: TemplatePath };

/** A reference to something in the same template. */
export type LocalReference = Exclude<Reference, { kind: "ImportValue" }>;

/** Says which branch of an `Fn::If` counts. */
export type ChooseBranch = (condition: string) => boolean;

/**
 * What a value refers to, in the order of the text, at any depth: `Ref`, `Fn::GetAtt`, `Fn::Sub` (its text and its
 * variables) and `Fn::ImportValue` (the import, and the references in its name). Both branches of each `Fn::If` count,
 * or the chosen one with `choose`. Never throws: what is not a well-formed function is walked as a plain value.
 */
export function referencesOf(value: unknown, choose?: ChooseBranch): Reference[] {
  const found: Reference[] = [];
  walk(value, [], { choose, found });
  return found;
}

/**
 * What a resource of a template (`{ Type, Properties, DependsOn, … }`) refers to: every member but its `Type` and its
 * `Condition`, and each logical id of `DependsOn`. Paths start at the resource.
 */
export function resourceReferencesOf(resource: unknown, choose?: ChooseBranch): Reference[] {
  if (!isObject(resource)) return [];
  const { Type: _type, Condition: _condition, DependsOn: dependsOn, ...members } = resource;
  const targets: unknown[] = Array.isArray(dependsOn) ? dependsOn : [dependsOn];
  const explicit = targets.flatMap((target, index): Reference[] => {
    if (typeof target !== "string") return [];
    return [{ kind: "DependsOn", target, path: Array.isArray(dependsOn) ? ["DependsOn", index] : ["DependsOn"] }];
  });
  return [...explicit, ...referencesOf(members, choose)];
}

/** Whether a reference is to something in the same template, so that it has a `target`. */
export function isLocal(reference: Reference): reference is LocalReference {
  return reference.kind !== "ImportValue";
}

/** The logical id and the attribute of an `Fn::GetAtt`. The attribute is a string, or a function that gives it. */
export interface GetAtt {
  readonly logicalId: string;
  readonly attribute: unknown;
}

/** Reads the argument of an `Fn::GetAtt`: `["Id", "Attr.Sub"]`, `["Id", "Attr", "Sub"]` or `"Id.Attr"`. */
export function tryReadGetAtt(argument: unknown): GetAtt | undefined {
  if (typeof argument === "string") {
    const dot = argument.indexOf(".");
    return dot < 0 ? undefined : { logicalId: argument.slice(0, dot), attribute: argument.slice(dot + 1) };
  }
  if (!Array.isArray(argument)) return undefined;
  const [logicalId, ...names]: unknown[] = argument;
  if (typeof logicalId !== "string" || names.length === 0) return undefined;
  const isDotted = names.length > 1 && names.every((name) => typeof name === "string");
  return { logicalId, attribute: isDotted ? names.join(".") : names[0] };
}

interface Walk {
  readonly choose: ChooseBranch | undefined;
  readonly found: Reference[];
}

function walk(value: unknown, path: TemplatePath, walking: Walk): void {
  if (Array.isArray(value)) return walkItems(value, path, walking);
  if (!isObject(value)) return;
  const [only, ...others] = Object.entries(value);
  if (only !== undefined && others.length === 0 && walkFunction(only[0], only[1], [...path, only[0]], walking)) return;
  for (const [key, item] of Object.entries(value)) walk(item, [...path, key], walking);
}

function walkItems(items: readonly unknown[], path: TemplatePath, walking: Walk): void {
  for (const [index, item] of items.entries()) walk(item, [...path, index], walking);
}

/** True where the object is a function whose references have been collected. */
function walkFunction(name: string, argument: unknown, path: TemplatePath, walking: Walk): boolean {
  switch (name) {
    case "Ref":
      if (typeof argument !== "string") return false;
      walking.found.push({ kind: "Ref", target: argument, path });
      return true;
    case "Fn::GetAtt":
      return walkGetAtt(argument, path, walking);
    case "Fn::Sub":
      return walkSub(argument, path, walking);
    case "Fn::ImportValue":
      walking.found.push({ kind: "ImportValue", name: argument, path });
      walk(argument, path, walking);
      return true;
    case "Fn::If":
      return walkIf(argument, path, walking);
    default:
      return false;
  }
}

function walkGetAtt(argument: unknown, path: TemplatePath, walking: Walk): boolean {
  const read = tryReadGetAtt(argument);
  if (read === undefined) return false;
  const attribute = typeof read.attribute === "string" ? read.attribute : undefined;
  walking.found.push({ kind: "GetAtt", target: read.logicalId, attribute, path });
  walk(read.attribute, [...path, 1], walking);
  return true;
}

function walkSub(argument: unknown, path: TemplatePath, walking: Walk): boolean {
  const isPair = Array.isArray(argument);
  const [text, variables]: unknown[] = isPair ? argument : [argument];
  if (typeof text !== "string") return false;
  const own = isObject(variables) ? variables : {};
  walk(own, [...path, 1], walking);
  for (const name of placeholdersOf(text)) {
    if (Object.hasOwn(own, name)) continue;
    walking.found.push({ ...namedIn(name), path: isPair ? [...path, 0] : path });
  }
  return true;
}

function namedIn(name: string) {
  const dot = name.indexOf(".");
  if (dot < 0) return { kind: "Ref", target: name } as const;
  return { kind: "GetAtt", target: name.slice(0, dot), attribute: name.slice(dot + 1) } as const;
}

function walkIf(argument: unknown, path: TemplatePath, walking: Walk): boolean {
  if (!Array.isArray(argument)) return false;
  const [condition, ...branches]: unknown[] = argument;
  if (walking.choose === undefined || typeof condition !== "string") {
    for (const [index, branch] of branches.entries()) walk(branch, [...path, index + 1], walking);
    return true;
  }
  const chosen = walking.choose(condition) ? 1 : 2;
  walk(argument[chosen], [...path, chosen], walking);
  return true;
}
