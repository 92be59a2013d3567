import { UNKNOWN } from "../../../../template/value-scope.ts";
import type { ResourceDeclaration } from "../../../../template/template.ts";
import type { RevisionPlan } from "../plan.ts";
import { evaluate } from "../../../../template/intrinsics.ts";

/** Shown for a value that is only known once the change set was executed. */
export const KNOWN_AFTER_APPLY = "{{changeSet:KNOWN_AFTER_APPLY}}";

/** A value as change sets show it: what is only known later says so. */
export function shownValue(value: unknown): unknown {
  if (value === UNKNOWN) return KNOWN_AFTER_APPLY;
  if (Array.isArray(value)) return value.map(shownValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shownValue(item)]));
}

/** The declaration's metadata worked out, as text that can be compared with the record's. */
export function metadataText(plan: RevisionPlan, declaration: ResourceDeclaration): string | undefined {
  if (declaration.metadata === undefined) return undefined;
  return JSON.stringify(shownValue(evaluate(declaration.metadata, plan.scope)));
}
