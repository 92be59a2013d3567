import { isAwsError } from "../aws-error.ts";
import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What a log group receives. */
export interface LogMessage {
  /** The stream, which is created where it does not exist. */
  readonly streamName: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
}

/** Writes an event into a stream of a log group. */
export function toLogs(cloud: Cloud, arn: string, { streamName, message, timestamp }: LogMessage): TargetCall {
  const { region, resource } = readArn(arn);
  const stream = { logGroupName: resource.replace(/^log-group:/, "").replace(/:\*$/, ""), logStreamName: streamName };
  const input = { ...stream, logEvents: [{ timestamp, message }] };
  return {
    arn,
    service: "cloudwatch-logs",
    operation: "PutLogEvents",
    input,
    permission: { action: "logs:PutLogEvents", resource: arn },
    async send(context) {
      const at = { region, ...context };
      await cloud.call("cloudwatch-logs", "CreateLogStream", stream, at).catch((error: unknown) => {
        if (!isAwsError(error, "ResourceAlreadyExistsException")) throw error;
      });
      await cloud.call("cloudwatch-logs", "PutLogEvents", input, at);
    },
  };
}
