import { createHash } from "node:crypto";
import { isAwsError } from "../../../aws-error.ts";
import type { Delivery } from "./deliveries.ts";
import type { Events } from "../context.ts";
import { readTargetArn } from "./target-kind.ts";

/** Writes the input into a stream of its own in a log group; a transformed one may name its time and message. */
export async function sendToLogs({ cloud }: Events, delivery: Delivery, input: string): Promise<void> {
  const { region, name } = readTargetArn(delivery.target.Arn!);
  const logGroupName = name.replace(/^log-group:/, "").replace(/:\*$/, "");
  // The same for every attempt.
  const logStreamName = createHash("sha256").update(`${delivery.ruleArn} ${delivery.event}`).digest("hex").slice(0, 32);
  await cloud.call("cloudwatch-logs", "CreateLogStream", { logGroupName, logStreamName }, { region }).catch((error) => {
    if (!isAwsError(error, "ResourceAlreadyExistsException")) throw error;
  });
  const logEvents = [readLogEvent(delivery, input)];
  await cloud.call("cloudwatch-logs", "PutLogEvents", { logGroupName, logStreamName, logEvents }, { region });
}

function readLogEvent(delivery: Delivery, input: string): { timestamp: number; message: string } {
  if (delivery.target.InputTransformer === undefined) return { timestamp: delivery.ingestedMs, message: input };
  try {
    const { timestamp, message } = JSON.parse(input) as { timestamp?: unknown; message?: unknown };
    const time = typeof timestamp === "string" && !/^\d+$/.test(timestamp) ? Date.parse(timestamp) : Number(timestamp);
    if (message !== undefined && Number.isFinite(time))
      return { timestamp: time, message: typeof message === "string" ? message : JSON.stringify(message) };
  } catch {
    // Not JSON: the text itself is the message.
  }
  return { timestamp: delivery.ingestedMs, message: input };
}
