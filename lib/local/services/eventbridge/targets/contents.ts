import type { Delivery } from "../records.ts";
import { createHash } from "node:crypto";
import type { Contents } from "../../../delivery/deliver.ts";
import type { BusEvent } from "../buses/event.ts";
import { parseJsonPath, readJsonPath } from "./json-path.ts";

/** What a target gets, by its kind. `input` is the event after the target's own input settings. */
export function contentsOf(delivery: Delivery, input: string): Contents {
  const { target, ruleArn } = delivery;
  const event = JSON.parse(delivery.event) as BusEvent;
  return {
    function: () => ({ payload: input }),
    queue: () => ({ body: input, groupId: target.SqsParameters?.MessageGroupId }),
    topic: () => ({ message: input }),
    workflow: () => ({ input, name: `${event.id}_${hash(`${ruleArn}/${target.Id}`)}` }),
    stream: () => ({ data: input, partitionKey: partitionKeyOf(event, target.KinesisParameters?.PartitionKeyPath) }),
    // The same stream for every attempt.
    logs: () => ({ ...readLogEvent(delivery, input), streamName: hash(`${ruleArn} ${delivery.event}`) }),
  };
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/**
 * The partition key of an event in a Kinesis stream: what the target's path finds in it, or else the event's id.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html
 */
function partitionKeyOf(event: BusEvent, path: string | undefined): string {
  const steps = path === undefined ? undefined : parseJsonPath(path);
  const found = steps && readJsonPath(event, steps);
  if (found === undefined || found === null || found === "") return event.id;
  return (typeof found === "string" ? found : JSON.stringify(found)).slice(0, 256);
}

/** What a log group gets: the input, of which a transformed one may name its own time and message. */
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
