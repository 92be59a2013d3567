import { getKnown } from "../../../../util/get-known.ts";
import { hasUnknown } from "../../../../template/value-scope.ts";
import { evaluate } from "../../../../template/intrinsics.ts";
import type { Revision, StackRecord } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { textOf } from "../../../../template/text.ts";
import { readTemplate } from "../../../../template/template.ts";
import { sameValue } from "../types/tolerate.ts";

/** Whether a revision changes a stack's outputs though it changes no resource. */
export function outputsChange(previous: Revision | undefined, plan: RevisionPlan, stack: StackRecord): boolean {
  if (!previous) return plan.template.outputs.size > 0;
  const old = readTemplate(previous.processed ?? previous.body);
  const names = [...plan.template.outputs.values()]
    .filter((output) => output.condition === undefined || plan.scope.condition(output.condition))
    .map((output) => output.name);
  if (names.length !== stack.outputs.length) return true;
  return names.some((name) => {
    const now = getKnown(plan.template.outputs, name);
    const before = old.outputs.get(name);
    const told = stack.outputs.find((output) => output.OutputKey === name);
    if (!before || !told || !sameValue(before, now)) return true;
    const value = evaluate(now.value, plan.scope);
    const isUrl = told.OutputValue.startsWith("http");
    return !isUrl && !hasUnknown(value) && textOf(value) !== told.OutputValue;
  });
}
