import { isAwsError } from "../aws-error.ts";
import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What a state machine receives. */
export interface WorkflowMessage {
  /** The execution's input, JSON text. */
  readonly input: string;
  /** The execution's name. It must be the same for every attempt, so that a second one finds the first. */
  readonly name: string;
}

/** Starts an execution of a state machine, version or alias. */
export function toWorkflow(cloud: Cloud, arn: string, message: WorkflowMessage): TargetCall {
  const input = { input: message.input, name: message.name, stateMachineArn: arn };
  return {
    arn,
    service: "sfn",
    operation: "StartExecution",
    input,
    permission: { action: "states:StartExecution", resource: arn },
    send: (context) =>
      cloud
        .call("sfn", "StartExecution", input, { region: readArn(arn).region, ...context })
        .catch((error: unknown) => {
          // An earlier attempt started it, and its answer was lost.
          if (!isAwsError(error, "ExecutionAlreadyExists")) throw error;
        }),
  };
}
