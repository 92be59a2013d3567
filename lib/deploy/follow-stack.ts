import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { hasGivenUp } from "../aws/patient-client.ts";
import { remoteError } from "../aws/remote-error.ts";
import { type Pause, poll } from "../util/poll.ts";
import { STACK_PACE } from "./change-set.ts";
import type { EventFollower } from "./stack-events.ts";
import { readStackState, type StackState } from "./stack-state.ts";

const MAX_FAILED_LOOKS = 20;
/** For about a minute, a final status must be confirmed by the stack's events. */
const MAX_UNCONFIRMED_LOOKS = 40;

const GONE = { status: "DELETE_COMPLETE", parameters: {}, tags: {}, outputs: {}, terminationProtection: false };

/**
 * Polls a stack until its operation has ended. A failed look is not a verdict: the next one decides. Right after an
 * operation has started, `DescribeStacks` may still show the status from before it, so a final status counts only once
 * the stack's own events show it too.
 */
export async function followUntilDone(
  client: CloudFormationClient,
  stackId: string,
  follower: EventFollower,
  pause?: Pause,
): Promise<StackState> {
  let failedLooks = 0;
  let unconfirmedLooks = 0;
  const look = async (): Promise<StackState | undefined> => {
    try {
      const state = (await readStackState(client, stackId)) ?? { ...GONE, stackId, stackName: stackId };
      await follower.tellNew(stackId);
      failedLooks = 0;
      if (state.status.endsWith("_IN_PROGRESS")) return undefined;
      const isConfirmed = follower.hasReached(state.status) || ++unconfirmedLooks > MAX_UNCONFIRMED_LOOKS;
      return isConfirmed ? state : undefined;
    } catch (error) {
      // A patient client that gave a call up has waited long enough.
      if (!hasGivenUp(error) && ++failedLooks < MAX_FAILED_LOOKS) return undefined;
      const fix = "Deploy again: the deploy continues to follow the stack's operation.";
      throw remoteError("StackUnwatchable", `The stack ${stackId} cannot be watched`, error, fix);
    }
  };
  return poll(look, { ...STACK_PACE, pause });
}
