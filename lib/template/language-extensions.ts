import { UNKNOWN } from "./value-scope.ts";
import { evaluate } from "./intrinsics.ts";
import { TemplateError } from "./template-error.ts";
import type { StackParameter } from "./parameters.ts";
import type { RawTemplate } from "./parse.ts";
import { resolveKnownValues } from "./resolve-known.ts";
import { buildScope, type StackIdentity } from "./scope.ts";
import { isObject } from "./is-object.ts";
import { buildTemplate } from "./template.ts";

const LOOP = /^Fn::ForEach::([A-Za-z0-9]+)$/;

/** What the transform AWS::LanguageExtensions makes of a template: loops unrolled, what is known resolved. */
export function expandLanguageExtensions(
  raw: RawTemplate,
  parameters: readonly StackParameter[],
  identity: StackIdentity,
): RawTemplate {
  const refuse = (name: string): never => {
    throw new TemplateError(
      `Transform AWS::LanguageExtensions failed with: Fn::ForEach cannot refer to the resource ${name}`,
    );
  };
  const refused = { ref: refuse, getAtt: refuse, importValue: refuse };
  const scope = buildScope(buildTemplate(raw), parameters, identity, refused);
  const collectionOf = (value: unknown) => {
    const list = evaluate(value, scope);
    if (!Array.isArray(list))
      throw new TemplateError("Transform AWS::LanguageExtensions failed with: Fn::ForEach needs a list to go over");
    return list.map(String);
  };
  const unrolled = unroll(raw, new Map(), collectionOf) as RawTemplate;
  const unknown = { ref: () => UNKNOWN, getAtt: () => UNKNOWN, importValue: () => UNKNOWN };
  const shown = parameters.filter(({ noEcho }) => !noEcho);
  return resolveKnownValues(unrolled, buildScope(buildTemplate(unrolled), shown, identity, unknown));
}

type Names = ReadonlyMap<string, string>;

function unroll(value: unknown, names: Names, collectionOf: (value: unknown) => string[]): unknown {
  if (typeof value === "string") return fill(value, names);
  if (Array.isArray(value)) return value.map((item) => unroll(item, names, collectionOf));
  if (!isObject(value)) return value;
  if (Object.keys(value).length === 1 && typeof value.Ref === "string" && names.has(value.Ref))
    return names.get(value.Ref);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (LOOP.test(key)) Object.assign(result, unrollLoop(item, names, collectionOf));
    else result[fill(key, names)] = unroll(item, names, collectionOf);
  }
  return result;
}

/** `[identifier, collection, fragment]` */
function unrollLoop(loop: unknown, names: Names, collectionOf: (value: unknown) => string[]): Record<string, unknown> {
  if (!Array.isArray(loop) || loop.length !== 3 || typeof loop[0] !== "string" || !isObject(loop[2])) {
    throw new TemplateError("Transform AWS::LanguageExtensions failed with: Fn::ForEach layout is incorrect");
  }
  const [identifier, collection, fragment] = loop as [string, unknown, Record<string, unknown>];
  const result: Record<string, unknown> = {};
  for (const item of collectionOf(unroll(collection, names, collectionOf))) {
    const inner = new Map([...names, [identifier, item]]);
    Object.assign(result, unroll(fragment, inner, collectionOf));
  }
  return result;
}

/** `${Name}` becomes the item; `&{Name}` the item without what a logical id cannot hold. */
function fill(text: string, names: Names): string {
  return text.replace(/([$&])\{([A-Za-z0-9]+)\}/g, (whole, sign: string, name: string) => {
    const item = names.get(name);
    if (item === undefined) return whole;
    return sign === "&" ? item.replace(/[^A-Za-z0-9]/g, "") : item;
  });
}
