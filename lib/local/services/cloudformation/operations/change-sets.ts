import { randomUUID } from "node:crypto";
import type {
  CreateChangeSetInput,
  CreateChangeSetOutput,
  DeleteChangeSetInput,
  ExecuteChangeSetInput,
  ListChangeSetsInput,
  ListChangeSetsOutput,
} from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { ChangeSetRecord } from "../change-sets/change-set-record.ts";
import { computeChanges, type ComputedChanges } from "../change-sets/changes.ts";
import { outputsChange } from "../change-sets/outputs-change.ts";
import { findExport } from "../exports.ts";
import type { Revision, StackRecord } from "../model.ts";
import type { RevisionPlan } from "../plan.ts";
import { prepareRevision } from "../prepare/prepare.ts";
import { STACK_MISSING } from "../stack-store.ts";
import { beginOperation, checkStackName, checkUpdatable } from "./begin.ts";
import { shownRevision } from "./describe-stacks.ts";
import { newStack } from "./new-stack.ts";
import { pageOf } from "./paging.ts";
import type { CloudformationParts } from "./service.ts";

const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** Makes a change set: works out what would change, without touching anything. */
export async function createChangeSet(
  parts: CloudformationParts,
  input: CreateChangeSetInput,
  context: RequestContext,
): Promise<CreateChangeSetOutput> {
  const { StackName: nameOrId = "", ChangeSetName: name = "" } = input;
  checkChangeSetName(name);
  const isNew = input.ChangeSetType === "CREATE";
  if (input.ChangeSetType === "IMPORT")
    throw invalid(
      "Change sets of type IMPORT are not carried by the local cloud: create the resources with the stack, or import them on AWS.",
    );
  const stack = isNew ? stackToCreate(parts, nameOrId, input, context) : stackToUpdate(parts, nameOrId, context);
  const adopted = adoptByToken(parts, stack, input);
  if (adopted) return adopted;
  const previous = shownRevision(parts, stack);
  const resources = parts.store.resources(stack);
  const { revision, plan } = await prepareRevision(input, stack, previous, resources, parts.cloud);
  // Somebody else may have begun a stack of this name, or an operation, meanwhile: look again.
  const present = parts.store.find(context.region, stack.name);
  if (isNew && present && present !== stack) return createChangeSet(parts, input, context);
  if (!isNew) checkUpdatable(stack);
  const findValue = (exportName: string) => findExport(parts.store, stack.region, exportName)?.value;
  const computed = computeChanges({
    stack,
    account: parts.cloud.account,
    resources,
    previous,
    next: revision,
    findExport: findValue,
  });
  const record = buildRecord(parts, input, stack, revision, computed);
  if (computed.changes.length === 0 && !outputsChange(previous, plan, stack) && !isNew) markEmpty(record);
  parts.cloud.store.transaction(() => {
    if (!parts.store.find(stack.region, stack.id)) putReviewStack(parts, stack, plan);
    parts.changeSets.put(record);
  });
  return { Id: record.id, StackId: stack.id };
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

/** The stack that a change set of type CREATE begins; a stack in review may have several. */
function stackToCreate(
  parts: CloudformationParts,
  name: string,
  input: CreateChangeSetInput,
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
  input: CreateChangeSetInput,
): CreateChangeSetOutput | undefined {
  const existing = parts.changeSets.list(stack).find((record) => record.name === input.ChangeSetName);
  if (!existing) return undefined;
  if (existing.executionStatus === "EXECUTE_COMPLETE") {
    // A name is free again once what it named was executed.
    parts.changeSets.delete(existing);
    return undefined;
  }
  if (input.ClientToken !== undefined && existing.token === input.ClientToken)
    return { Id: existing.id, StackId: stack.id };
  throw new AwsError(
    "AlreadyExistsException",
    `ChangeSet ${existing.name} cannot be created due to a mismatch with existing attribute: ChangeSetName`,
  );
}

function buildRecord(
  parts: CloudformationParts,
  input: CreateChangeSetInput,
  stack: StackRecord,
  revision: Revision,
  computed: ComputedChanges,
): ChangeSetRecord {
  const uuid = randomUUID();
  const name = input.ChangeSetName!;
  const [missing] = computed.missingExports;
  return {
    id: `arn:aws:cloudformation:${stack.region}:${parts.cloud.account}:changeSet/${name}/${uuid}`,
    name,
    uuid,
    stackUuid: stack.uuid,
    region: stack.region,
    type: input.ChangeSetType ?? "UPDATE",
    creationTime: parts.cloud.clock.now(),
    description: input.Description,
    notificationArns: input.NotificationARNs ?? [],
    onStackFailure: input.OnStackFailure,
    includeNestedStacks: input.IncludeNestedStacks ?? false,
    token: input.ClientToken,
    revision,
    changes: computed.changes,
    changesWithValues: computed.changesWithValues,
    valuesWarning:
      missing &&
      `[WARN] --include-property-values option can return incomplete ChangeSet data because: ChangeSet creation failed for resource [${missing[1]}] because: No export named ${missing[0]}`,
    status: "CREATE_COMPLETE",
    executionStatus: "AVAILABLE",
  };
}

function markEmpty(record: ChangeSetRecord): void {
  record.status = "FAILED";
  record.executionStatus = "UNAVAILABLE";
  record.statusReason = NO_CHANGES;
}

/** A new stack waits in review until one of its change sets is executed. */
function putReviewStack(parts: CloudformationParts, stack: StackRecord, plan: RevisionPlan): void {
  stack.status = "REVIEW_IN_PROGRESS";
  stack.statusReason = "User Initiated";
  if (plan.template.description === undefined) stack.shownRevisionId = undefined;
  parts.store.put(stack);
  parts.events.addStack(stack);
}

/** Begins to carry a change set out. The stack's other change sets become obsolete and go. */
export function executeChangeSet(
  parts: CloudformationParts,
  input: ExecuteChangeSetInput,
  context: RequestContext,
): Record<string, never> {
  const { stack, record } = locate(parts, input.StackName, input.ChangeSetName, context);
  const isAgain = input.ClientRequestToken !== undefined && record.executedWith === input.ClientRequestToken;
  if (isAgain) return {};
  if (record.executionStatus !== "AVAILABLE") {
    throw new AwsError(
      "InvalidChangeSetStatusException",
      `ChangeSet [${record.id}] cannot be executed in its current status of [${record.status === "FAILED" ? "FAILED" : record.executionStatus}]`,
    );
  }
  const isNew = stack.status === "REVIEW_IN_PROGRESS";
  if (!isNew) checkUpdatable(stack);
  if (input.DisableRollback === true && record.onStackFailure !== undefined)
    throw invalid("You can specify either DisableRollback or OnStackFailure, but not both.");
  parts.cloud.store.transaction(() => {
    overtakeChangeSets(parts, stack);
    parts.changeSets.put({ ...record, executionStatus: "EXECUTE_COMPLETE", executedWith: input.ClientRequestToken });
    stack.changeSetId = record.id;
    if (record.notificationArns.length > 0) stack.notificationArns = record.notificationArns;
    stack.disableRollback = input.DisableRollback ?? false;
    beginOperation(parts, stack, isNew ? "CREATE" : "UPDATE", record.revision, {
      token: input.ClientRequestToken,
      disableRollback: input.DisableRollback,
      onFailure: record.onStackFailure,
    });
  });
  return {};
}

/** The stack moves on: what waits for execution becomes obsolete, what was executed or overtaken before is forgotten. */
export function overtakeChangeSets(parts: CloudformationParts, stack: StackRecord): void {
  for (const record of parts.changeSets.list(stack)) {
    if (record.executionStatus === "AVAILABLE") parts.changeSets.put({ ...record, executionStatus: "OBSOLETE" });
    else parts.changeSets.delete(record);
  }
}

/** The change set and its stack, by ARN or by both names. */
export function locate(
  parts: CloudformationParts,
  stackName: string | undefined,
  changeSetName: string | undefined,
  context: RequestContext,
): { stack: StackRecord; record: ChangeSetRecord } {
  const name = changeSetName ?? "";
  const isArn = name.startsWith("arn:");
  if (!isArn && stackName === undefined)
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  const stack =
    stackName === undefined ? undefined : parts.store.require(context.region, stackName, STACK_MISSING.bracketed);
  const record = parts.changeSets.require(context.region, name, stack);
  const owner = stack ?? parts.store.listAll().find((item) => item.uuid === record.stackUuid);
  if (!owner)
    throw new AwsError("ChangeSetNotFoundException", `ChangeSet [${name}] does not exist`, { statusCode: 404 });
  return { stack: owner, record };
}

/** Forgets a change set that is not being executed. */
export function deleteChangeSet(
  parts: CloudformationParts,
  input: DeleteChangeSetInput,
  context: RequestContext,
): Record<string, never> {
  const name = input.ChangeSetName ?? "";
  if (!name.startsWith("arn:") && input.StackName === undefined) {
    throw invalid("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack =
    input.StackName === undefined
      ? undefined
      : parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  const record = parts.changeSets.find(context.region, name, stack);
  if (record) parts.changeSets.delete(record);
  return {};
}

/** The change sets of a stack. */
export function listChangeSets(
  parts: CloudformationParts,
  input: ListChangeSetsInput,
  context: RequestContext,
): ListChangeSetsOutput {
  const stack = parts.store.require(context.region, input.StackName, STACK_MISSING.bracketed);
  const records = parts.changeSets.list(stack).filter((record) => record.executionStatus !== "EXECUTE_COMPLETE");
  const { page, next } = pageOf(records, input.NextToken, 100);
  return {
    Summaries: page.map((record) => ({
      StackId: stack.id,
      StackName: stack.name,
      ChangeSetId: record.id,
      ChangeSetName: record.name,
      ExecutionStatus: record.executionStatus,
      Status: record.status,
      StatusReason: record.statusReason,
      CreationTime: new Date(record.creationTime),
      Description: record.description,
      IncludeNestedStacks: record.includeNestedStacks,
    })),
    NextToken: next,
  };
}
