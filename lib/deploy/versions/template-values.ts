import type { Template } from "../../assembly/assembly.ts";
import { asIntrinsic, evaluate } from "../../template/intrinsics.ts";
import { isObject } from "../../template/is-object.ts";
import { buildScope, type StackIdentity } from "../../template/scope.ts";
import { buildTemplate } from "../../template/template.ts";
import { TemplateError } from "../../template/template-error.ts";
import { hasUnknown, NO_VALUE, type Scope, UNKNOWN } from "../../template/value-scope.ts";

/** A parameter of a stack; without a value where that is not known before the update, or is secret. */
export interface KnownParameter {
  readonly key: string;
  readonly value?: string;
}

/** Replaces every function whose value is known before the update by that value, and leaves the others as they are. */
export type Resolve = (value: unknown) => unknown;

/** Resolves values of a template with the parameters of its stack. What resources and imports give is not known. */
export function resolverOf(
  template: Template,
  parameters: readonly KnownParameter[],
  identity: StackIdentity,
): Resolve {
  const known = parameters.flatMap(({ key, value }) => (value === undefined ? [] : [{ key, value, noEcho: false }]));
  const scope = buildScope(buildTemplate({ ...template }), known, identity, {
    ref: () => UNKNOWN,
    getAtt: () => UNKNOWN,
    importValue: () => UNKNOWN,
  });
  const resolve: Resolve = (value) => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== NO_VALUE);
    if (!isObject(value)) return value;
    const resolved = tryEvaluate(value, scope);
    if (resolved !== undefined) return resolved;
    const call = asIntrinsic(value);
    if (call?.name === "Fn::If") return resolveBranch(value, call.argument, scope, resolve);
    if (call?.name === "Fn::Join") return mergeTexts(call.argument, resolve);
    const entries = Object.entries(value).map(([key, item]) => [key, resolve(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
  };
  return resolve;
}

/** Undefined where a part of the value is not known, or where it is an error that the update reports. */
function tryEvaluate(value: unknown, scope: Scope): unknown {
  try {
    const found = evaluate(value, scope);
    return hasUnknown(found) ? undefined : found;
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

/** The branch that applies, though not all of it is known. */
function resolveBranch(whole: unknown, argument: unknown, scope: Scope, resolve: Resolve): unknown {
  const [condition, yes, no]: unknown[] = Array.isArray(argument) ? argument : [];
  const holds = tryEvaluate({ Condition: condition }, scope);
  return typeof holds === "boolean" ? resolve(holds ? yes : no) : whole;
}

/** A join with its known parts merged, so that it reads the same however many pieces it was written in. */
function mergeTexts(argument: unknown, resolve: Resolve): unknown {
  const [delimiter, items]: unknown[] = Array.isArray(argument) ? argument : [];
  const parts = resolve(items);
  if (typeof delimiter !== "string" || !Array.isArray(parts)) return { "Fn::Join": argument };
  const merged: unknown[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (typeof part === "string" && typeof last === "string") merged.splice(-1, 1, `${last}${delimiter}${part}`);
    else merged.push(part);
  }
  return { "Fn::Join": [delimiter, merged] };
}
