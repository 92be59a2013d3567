import { randomUUID } from "node:crypto";
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  ExecuteChangeSetCommand,
  type Change,
  type CloudFormationClient,
  type CreateChangeSetCommandInput,
  type DescribeChangeSetCommandOutput,
} from "@aws-sdk/client-cloudformation";
import { hasRemoteCode, remoteError } from "../aws/remote-error.ts";
import { RemoteError } from "../errors.ts";
import { isMissingStack } from "./stack-state.ts";
import { type Pause, poll, type PollPace } from "../util/poll.ts";

/** How often a stack or a change set is looked at. */
export const STACK_PACE: PollPace = { firstMs: 40, maxMs: 2_000 };

/** A change set that is ready to be executed. */
export interface ReadyChangeSet {
  readonly name: string;
  readonly id: string;
  readonly stackId: string;
  readonly changes: readonly Change[];
}

const NO_CHANGES = /didn't contain changes|No updates are to be performed/i;

/**
 * Creates a change set, or adopts one of the same name that an earlier driver left (its name holds the plan's hash).
 * Returns undefined, having removed it, where it would change nothing.
 */
export async function prepareChangeSet(
  client: CloudFormationClient,
  input: CreateChangeSetCommandInput & { StackName: string; ChangeSetName: string },
  signal: AbortSignal,
  pause?: Pause,
): Promise<ReadyChangeSet | undefined> {
  const { StackName, ChangeSetName } = input;
  const names = { StackName, ChangeSetName };
  const adopted = await tryDescribe(client, names);
  if (adopted !== undefined && !isUsable(adopted)) await client.send(new DeleteChangeSetCommand(names));
  if (adopted === undefined || !isUsable(adopted)) await createChangeSet(client, input);
  const made = await poll(() => describeWhenMade(client, names), { ...STACK_PACE, pause }, signal);
  if (made.Status === "FAILED") {
    await client.send(new DeleteChangeSetCommand(names));
    if (NO_CHANGES.test(made.StatusReason ?? "")) return undefined;
    throw new RemoteError("ChangeSetFailed", `The change set for the stack ${StackName} failed: ${made.StatusReason}`, {
      remoteCode: "ChangeSetFailed",
      fix: "Nothing was changed. Correct the template's source and deploy again.",
    });
  }
  return { name: ChangeSetName, id: made.ChangeSetId!, stackId: made.StackId!, changes: made.Changes ?? [] };
}

async function createChangeSet(client: CloudFormationClient, input: CreateChangeSetCommandInput): Promise<void> {
  try {
    // A name may be used again after a change set was deleted, a token may not: one for each, the same when it is repeated.
    await client.send(new CreateChangeSetCommand({ ...input, ClientToken: randomUUID() }));
  } catch (cause) {
    if (hasRemoteCode(cause, "AlreadyExistsException")) return;
    throw remoteError(
      "ChangeSetRefused",
      `The change set for the stack ${input.StackName} was refused`,
      cause,
      "Nothing was changed.",
    );
  }
}

function isUsable({ Status, ExecutionStatus }: DescribeChangeSetCommandOutput): boolean {
  return Status?.endsWith("_IN_PROGRESS") === true || Status === "CREATE_PENDING" || ExecutionStatus === "AVAILABLE";
}

async function describeWhenMade(
  client: CloudFormationClient,
  names: { StackName: string; ChangeSetName: string },
): Promise<DescribeChangeSetCommandOutput | undefined> {
  const first = await client.send(new DescribeChangeSetCommand(names));
  if (first.Status !== "CREATE_COMPLETE" && first.Status !== "FAILED") return undefined;
  return { ...first, Changes: [...(first.Changes ?? []), ...(await readPages(client, names, first.NextToken))] };
}

/** All changes of a change set, by its ARN. */
export function readChanges(client: CloudFormationClient, ChangeSetName: string): Promise<Change[]> {
  return readPages(client, { ChangeSetName });
}

async function readPages(
  client: CloudFormationClient,
  names: { readonly StackName?: string; readonly ChangeSetName: string },
  from?: string,
): Promise<Change[]> {
  const changes: Change[] = [];
  const isWhole = from === undefined && names.StackName !== undefined;
  for (let NextToken = from, isFirst = !isWhole; isFirst || NextToken; isFirst = false) {
    const page = await client.send(new DescribeChangeSetCommand({ ...names, NextToken }));
    changes.push(...(page.Changes ?? []));
    NextToken = page.NextToken;
  }
  return changes;
}

async function tryDescribe(
  client: CloudFormationClient,
  names: { StackName: string; ChangeSetName: string },
): Promise<DescribeChangeSetCommandOutput | undefined> {
  try {
    return await client.send(new DescribeChangeSetCommand(names));
  } catch (error) {
    if (hasRemoteCode(error, "ChangeSetNotFoundException", "ChangeSetNotFound") || isMissingStack(error))
      return undefined;
    throw error;
  }
}

/**
 * Starts a change set. The token makes a repeated call harmless. The stack is named beside the change set: permissions
 * of these calls are about stacks.
 */
export async function executeChangeSet(client: CloudFormationClient, changeSet: ReadyChangeSet): Promise<void> {
  try {
    await client.send(new ExecuteChangeSetCommand({ ...namesOf(changeSet), ClientRequestToken: changeSet.name }));
  } catch (cause) {
    if (hasRemoteCode(cause, "InvalidChangeSetStatus", "InvalidChangeSetStatusException")) {
      // The reply to an earlier attempt may have been lost.
      const found = await tryDescribe(client, { StackName: changeSet.stackId, ChangeSetName: changeSet.id });
      if (found?.ExecutionStatus?.startsWith("EXECUTE_") === true) return;
    }
    throw remoteError(
      "ChangeSetNotStarted",
      `The change set ${changeSet.name} could not be executed`,
      cause,
      "Deploy again.",
    );
  }
}

/** Throws a prepared change set away. */
export async function discardChangeSet(client: CloudFormationClient, changeSet: ReadyChangeSet): Promise<void> {
  await client.send(new DeleteChangeSetCommand(namesOf(changeSet)));
}

function namesOf({ stackId, id }: ReadyChangeSet) {
  return { StackName: stackId, ChangeSetName: id };
}
