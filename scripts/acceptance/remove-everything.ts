import { DeleteStackCommand, paginateListStacks, waitUntilStackDeleteComplete } from "@aws-sdk/client-cloudformation";
import { DeleteLogGroupCommand, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import {
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  paginateListRoles,
} from "@aws-sdk/client-iam";
import { DeleteFunctionCommand, paginateListFunctions } from "@aws-sdk/client-lambda";
import { DeleteStateMachineCommand, paginateListStateMachines } from "@aws-sdk/client-sfn";
import { type Account, PREFIX } from "./account.ts";
import { removeJournals } from "./remove-journals.ts";

/** What was removed, by kind. */
export type Removed = Readonly<Record<string, readonly string[]>>;

const STACK_LIMIT_S = 900;

/**
 * Removes everything in the region whose name begins with the prefix of the run: stacks first, then what they keep.
 * It may be run again after a kill.
 */
export async function removeEverything(account: Account): Promise<Removed> {
  const stacks = await removeStacks(account);
  const functions = await removeFunctions(account);
  const machines = await removeStateMachines(account);
  const logGroups = await removeLogGroups(account);
  const roles = await removeRoles(account);
  const journals = await removeJournals(account);
  return { stacks, functions, stateMachines: machines, logGroups, roles, journals };
}

/** Names of stacks and functions that an earlier run left. */
export async function findLeftovers(account: Account): Promise<readonly string[]> {
  return [...(await stackNames(account)), ...(await functionNames(account))];
}

async function stackNames({ cloudformation: client }: Account): Promise<string[]> {
  const found: string[] = [];
  for await (const page of paginateListStacks({ client }, {})) {
    for (const { StackName: name = "", StackStatus, ParentId } of page.StackSummaries ?? []) {
      if (name.startsWith(PREFIX) && StackStatus !== "DELETE_COMPLETE" && ParentId === undefined) found.push(name);
    }
  }
  return found;
}

async function removeStacks(account: Account): Promise<string[]> {
  const names = await stackNames(account);
  const client = account.cloudformation;
  for (const StackName of names) {
    await client.send(new DeleteStackCommand({ StackName }));
    await waitUntilStackDeleteComplete({ client, maxWaitTime: STACK_LIMIT_S }, { StackName });
  }
  return names;
}

async function functionNames({ lambda: client }: Account): Promise<string[]> {
  const found: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    for (const { FunctionName: name = "" } of Functions) if (name.startsWith(PREFIX)) found.push(name);
  }
  return found;
}

async function removeFunctions(account: Account): Promise<string[]> {
  const names = await functionNames(account);
  for (const FunctionName of names) await account.lambda.send(new DeleteFunctionCommand({ FunctionName }));
  return names;
}

async function removeStateMachines({ sfn: client }: Account): Promise<string[]> {
  const removed: string[] = [];
  for await (const { stateMachines = [] } of paginateListStateMachines({ client }, {})) {
    for (const { name, stateMachineArn } of stateMachines) {
      if (name?.startsWith(PREFIX) !== true) continue;
      await client.send(new DeleteStateMachineCommand({ stateMachineArn }));
      removed.push(name);
    }
  }
  return removed;
}

async function removeLogGroups({ logs: client }: Account): Promise<string[]> {
  const removed: string[] = [];
  const logGroupNamePrefix = `/aws/lambda/${PREFIX}`;
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, { logGroupNamePrefix })) {
    for (const { logGroupName } of logGroups) {
      if (logGroupName === undefined) continue;
      await client.send(new DeleteLogGroupCommand({ logGroupName }));
      removed.push(logGroupName);
    }
  }
  return removed;
}

async function removeRoles({ iam: client }: Account): Promise<string[]> {
  const removed: string[] = [];
  for await (const { Roles = [] } of paginateListRoles({ client }, {})) {
    for (const { RoleName } of Roles) {
      if (RoleName?.startsWith(PREFIX) !== true) continue;
      const attached = await client.send(new ListAttachedRolePoliciesCommand({ RoleName }));
      for (const { PolicyArn } of attached.AttachedPolicies ?? []) {
        await client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
      }
      const inline = await client.send(new ListRolePoliciesCommand({ RoleName }));
      for (const PolicyName of inline.PolicyNames ?? []) {
        await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
      }
      await client.send(new DeleteRoleCommand({ RoleName }));
      removed.push(RoleName);
    }
  }
  return removed;
}
