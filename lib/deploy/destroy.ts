import { DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import type { AssemblyStack } from "../assembly/assembly.ts";
import { RemoteError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { followUntilDone } from "./follow-stack.ts";
import { renderFailures } from "./report-events.ts";
import { EventFollower } from "./stack-events.ts";
import { readStackState } from "./stack-state.ts";
import { patientStackClients } from "./stack-clients.ts";
import { fillPlaceholders, targetOfStack, type Target } from "./target.ts";

/** What became of a stack that was to be deleted. */
export interface DestroyResult {
  readonly stackName: string;
  readonly outcome: "deleted" | "absent";
  /** Logical ids that CloudFormation kept, as the template says. */
  readonly retained: readonly string[];
}

/** Deletes the stacks, those that depend on others first. Throws at the first one that CloudFormation cannot delete. */
export async function destroyStacks(
  target: Target,
  stacks: readonly AssemblyStack[],
  host: IoHost,
  signal: AbortSignal,
): Promise<DestroyResult[]> {
  const results: DestroyResult[] = [];
  for (const stack of stacks.toReversed()) {
    signal.throwIfAborted();
    results.push(await destroyStack(targetOfStack(target, stack), stack, host));
  }
  return results;
}

async function destroyStack(target: Target, stack: AssemblyStack, host: IoHost): Promise<DestroyResult> {
  const { deployRole: client } = await patientStackClients(target, stack);
  const state = await readStackState(client, stack.stackName);
  if (state === undefined) return { stackName: stack.stackName, outcome: "absent", retained: [] };
  const retained: string[] = [];
  const follower = new EventFollower(client, stack, {
    ask: (question) => host.ask(question),
    notify: (message) => {
      const { status, logicalId } = (message.data ?? {}) as { status?: string; logicalId?: string };
      if (status === "DELETE_SKIPPED") retained.push(logicalId!);
      host.notify(message);
    },
  });
  await follower.skipPast(state.stackId);
  const RoleARN = stack.executionRoleArn === undefined ? undefined : fillPlaceholders(stack.executionRoleArn, target);
  await client.send(new DeleteStackCommand({ StackName: state.stackId, RoleARN }));
  const reached = await followUntilDone(client, state.stackId, follower);
  await follower.tellNew(state.stackId);
  if (reached.status === "DELETE_COMPLETE") return { stackName: stack.stackName, outcome: "deleted", retained };
  throw new RemoteError(
    "StackNotDeleted",
    `The stack ${stack.stackName} ended ${reached.status}:\n  ${renderFailures(stack, follower.failures).join("\n  ")}`,
    {
      remoteCode: reached.status,
      fix: "Remove what is in the way, then destroy again.",
    },
  );
}
