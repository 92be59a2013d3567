import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { ChangeSetRecord } from "../change-sets/change-set-record.ts";
import type { StackRecord } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { callerOf } from "../prepare/caller.ts";
import { STACK_MISSING } from "../stack-store.ts";
import { checkStackName, checkUpdatable } from "./begin.ts";
import { buildChangeSet, failChangeSet, newChangeSetId } from "./build-change-set.ts";
import { deleteWithNested } from "./change-sets.ts";
import { shownRevision } from "./describe-stacks.ts";
import { draftNestedChangeSets, failWithNested, withNestedIds, type NestedDraft } from "./nested-change-sets.ts";
import { newStack } from "./new-stack.ts";
import { planUpdate, type PlannedUpdate } from "./plan-update.ts";
import { requireServiceRole } from "./service-role.ts";
import type { CloudformationParts } from "./service.ts";

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Creates a change set: works out what would change, without touching anything. */
export async function createChangeSet(
  parts: CloudformationParts,
  input: Input<"cloudformation", "CreateChangeSet">,
  context: RequestContext,
): Promise<Output<"cloudformation", "CreateChangeSet">> {
  const { StackName: nameOrId, ChangeSetName: name } = input;
  checkChangeSetName(name);
  const isNew = input.ChangeSetType === "CREATE";
  if (input.ChangeSetType === "IMPORT")
    throw invalid(
      "Change sets of type IMPORT are not supported by the local cloud: create the resources with the stack, or import them on AWS.",
    );
  await requireServiceRole(parts.cloud, input.RoleARN, context.region);
  const stack = isNew ? stackToCreate(parts, nameOrId, input, context) : stackToUpdate(parts, nameOrId, context);
  const adopted = adoptByToken(parts, stack, input);
  if (adopted) return adopted;
  const update = await planUpdate(parts, input, stack, shownRevision(parts, stack), { caller: callerOf(context) });
  const { record, nested } = await draft(parts, input, stack, update, context);
  // Another request may have created a stack of this name, or started an operation, meanwhile: look again.
  const present = parts.store.find(context.region, stack.name);
  if (isNew && present && present !== stack) return createChangeSet(parts, input, context);
  if (!isNew) checkUpdatable(stack);
  if (update.isEmpty && !isNew) failChangeSet(record, NO_CHANGES);
  parts.cloud.store.transaction(() => {
    if (!parts.store.find(stack.region, stack.id)) putReviewStack(parts, stack, update.plan);
    parts.changeSets.put(record);
    for (const inner of nested) {
      if (inner.isNewStack) putReviewStack(parts, inner.stack);
      parts.changeSets.put(inner.record);
    }
  });
  return { Id: record.id, StackId: stack.id };
}

/** The change set, and with `IncludeNestedStacks` those of its nested stacks, not kept yet. */
async function draft(
  parts: CloudformationParts,
  input: Input<"cloudformation", "CreateChangeSet">,
  stack: StackRecord,
  update: PlannedUpdate,
  context: RequestContext,
): Promise<{ record: ChangeSetRecord; nested: NestedDraft[] }> {
  const { computed, revision } = update;
  const { ChangeSetName: name, IncludeNestedStacks: includeNestedStacks = false } = input;
  const id = newChangeSetId(parts, stack, name);
  const outer = { stack, id, rootId: id, name, revision, caller: callerOf(context) };
  const nested = includeNestedStacks ? await draftNestedChangeSets(parts, outer, computed.nestedStacks) : [];
  const record = buildChangeSet(parts, stack, {
    id,
    name,
    type: input.ChangeSetType ?? "UPDATE",
    description: input.Description,
    notificationArns: input.NotificationARNs ?? [],
    onStackFailure: input.OnStackFailure,
    includeNestedStacks,
    token: input.ClientToken,
    revision,
    changes: withNestedIds(computed.changes, id, nested),
    changesWithValues: withNestedIds(computed.changesWithValues, id, nested),
    valuesWarning: warningOf(computed.missingExports),
  });
  failWithNested(record, nested);
  return { record, nested };
}

function warningOf(missingExports: ReadonlyMap<string, string>): string | undefined {
  const [missing] = missingExports;
  return (
    missing &&
    `[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet creation failed for resource [${missing[1]}] because: No export named ${missing[0]}`
  );
}

function invalid(message: string): AwsError {
  return new AwsError("ValidationError", message);
}

function checkChangeSetName(name: string): void {
  if (/^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) return;
  throw invalid(
    `1 validation error detected: Value '${name}' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}

/** The stack that a change set of type CREATE creates; a stack in review may have several. */
function stackToCreate(
  parts: CloudformationParts,
  name: string,
  input: Input<"cloudformation", "CreateChangeSet">,
  context: RequestContext,
): StackRecord {
  const found = parts.store.find(context.region, name);
  if (found?.status === "REVIEW_IN_PROGRESS") return found;
  if (found && !name.startsWith("arn:")) {
    throw invalid(
      `Stack [${found.name}] already exists and cannot be created again with the changeSet [${input.ChangeSetName}].`,
    );
  }
  checkStackName(name);
  return newStack(parts, context.region, name, {
    notificationArns: input.NotificationARNs,
    roleArn: input.RoleARN,
    rollbackConfiguration: input.RollbackConfiguration,
  });
}

function stackToUpdate(parts: CloudformationParts, name: string, context: RequestContext): StackRecord {
  const stack = parts.store.require(context.region, name, STACK_MISSING.bracketed);
  if (stack.status === "REVIEW_IN_PROGRESS") throw invalid(`Stack [${stack.name}] does not exist`);
  checkUpdatable(stack);
  return stack;
}

/** The same request again, by its token, is answered as before. */
function adoptByToken(
  parts: CloudformationParts,
  stack: StackRecord,
  input: Input<"cloudformation", "CreateChangeSet">,
): Output<"cloudformation", "CreateChangeSet"> | undefined {
  const existing = parts.changeSets.list(stack).find((record) => record.name === input.ChangeSetName);
  if (!existing) return undefined;
  if (existing.executionStatus === "EXECUTE_COMPLETE") {
    // A name is free again once what it named was executed.
    deleteWithNested(parts, existing);
    return undefined;
  }
  if (input.ClientToken !== undefined && existing.token === input.ClientToken)
    return { Id: existing.id, StackId: stack.id };
  throw new AwsError(
    "AlreadyExistsException",
    `ChangeSet ${existing.name} cannot be created due to a mismatch with existing attribute: ChangeSetName`,
  );
}

/** A new stack waits in review until one of its change sets is executed. */
function putReviewStack(parts: CloudformationParts, stack: StackRecord, plan?: RevisionPlan): void {
  stack.status = "REVIEW_IN_PROGRESS";
  stack.statusReason = "User Initiated";
  if (plan?.template.description === undefined) stack.shownRevisionId = undefined;
  parts.store.put(stack);
  parts.events.addStack(stack);
}
