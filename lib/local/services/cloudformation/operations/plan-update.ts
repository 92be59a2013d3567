import { computeChanges, type ComputedChanges } from "../change-sets/changes.ts";
import { outputsChange } from "../change-sets/outputs-change.ts";
import { findExport } from "../exports.ts";
import { inAwsTerms } from "../in-aws-terms.ts";
import type { Revision, StackRecord } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { prepareRevision, type RevisionContext, type RevisionRequest } from "../prepare/prepare.ts";
import type { CloudformationParts } from "./service.ts";

/** What a request would make of a stack. Nothing has been changed. */
export interface PlannedUpdate {
  readonly revision: Revision;
  readonly plan: RevisionPlan;
  readonly computed: ComputedChanges;
  /** Neither a resource nor an output changes. */
  readonly isEmpty: boolean;
}

/** Compares a request with the stack as it is; `previous` is the revision whose template and values it has. */
export async function planUpdate(
  parts: CloudformationParts,
  request: RevisionRequest,
  stack: StackRecord,
  previous: Revision | undefined,
  { caller, isDirect }: Pick<RevisionContext, "caller" | "isDirect">,
): Promise<PlannedUpdate> {
  const resources = parts.store.resources(stack);
  const { revision, plan } = await prepareRevision(
    request,
    { stack, previous, resources, caller, isDirect },
    parts.cloud,
  );
  const computed = await inAwsTerms(() =>
    computeChanges({
      stack,
      account: parts.cloud.account,
      resources,
      previous,
      next: revision,
      findExport: (name) => findExport(parts.store, stack.region, name)?.value,
    }),
  );
  const isEmpty = computed.changes.length === 0 && !outputsChange(previous, plan, stack);
  return { revision, plan, computed, isEmpty };
}
