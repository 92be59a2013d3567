import { hasUnknown, NO_VALUE, type Scope } from "./value-scope.ts";
import { asIntrinsic, evaluate } from "./intrinsics.ts";
import { isObject } from "./is-object.ts";
import { TemplateError } from "./template-error.ts";
import type { RawTemplate } from "./parse.ts";

/** The functions that AWS::LanguageExtensions replaces by their values (recorded from AWS, July 2025). */
const RESOLVED = new Set([
  "Fn::FindInMap",
  "Fn::Join",
  "Fn::Length",
  "Fn::Select",
  "Fn::Split",
  "Fn::Sub",
  "Fn::ToJsonString",
]);

/**
 * What AWS::LanguageExtensions leaves of a template whose loops are unrolled: functions of resources and outputs whose
 * values are known by now are replaced, `Ref`s in policies too. `scope` answers `UNKNOWN` for what a resource gives, and
 * for secrets.
 */
export function resolveKnownValues(raw: RawTemplate, scope: Scope): RawTemplate {
  const { Resources, Outputs } = raw;
  return {
    ...raw,
    ...(isObject(Resources) && { Resources: mapValues(Resources, (resource) => resolveResource(resource, scope)) }),
    ...(isObject(Outputs) && { Outputs: resolveKnown(Outputs, scope) }),
  };
}

function resolveResource(resource: unknown, scope: Scope): unknown {
  if (!isObject(resource)) return resource;
  return Object.fromEntries(
    Object.entries(resource).map(([member, value]) => {
      if (member === "DependsOn") return [member, Array.isArray(value) && value.length === 1 ? value[0] : value];
      const isPolicy = member === "DeletionPolicy" || member === "UpdateReplacePolicy";
      return [member, isPolicy ? (tryEvaluate(value, scope) ?? value) : resolveKnown(value, scope)];
    }),
  );
}

function resolveKnown(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveKnown(item, scope));
  if (!isObject(value)) return value;
  const call = asIntrinsic(value);
  const resolved = call && RESOLVED.has(call.name) ? tryEvaluate(value, scope) : undefined;
  return resolved ?? mapValues(value, (item) => resolveKnown(item, scope));
}

/** Undefined where the value is not known yet, or where it is an error that only counts once the value is needed. */
function tryEvaluate(value: unknown, scope: Scope): unknown {
  try {
    const resolved = evaluate(value, scope);
    return resolved === NO_VALUE || hasUnknown(resolved) ? undefined : resolved;
  } catch (error) {
    if (error instanceof TemplateError) return undefined;
    throw error;
  }
}

function mapValues(record: Record<string, unknown>, change: (value: unknown) => unknown): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
