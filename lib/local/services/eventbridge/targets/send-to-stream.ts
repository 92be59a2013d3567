import type { Delivery } from "./deliveries.ts";
import type { BusEvent } from "../buses/event.ts";
import type { Events } from "../context.ts";
import { parseJsonPath, readJsonPath } from "./json-path.ts";
import { inRole } from "./in-role.ts";

/**
 * Puts the input into a Kinesis stream, under what the target's path finds in the event, or else under the event's id.
 * https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_KinesisParameters.html
 */
export async function sendToStream({ cloud }: Events, delivery: Delivery, input: string): Promise<void> {
  const { target, event } = delivery;
  const StreamARN = target.Arn!;
  const PartitionKey = partitionKeyOf(JSON.parse(event) as BusEvent, target.KinesisParameters?.PartitionKeyPath);
  await cloud.call("kinesis", "PutRecord", { StreamARN, Data: Buffer.from(input), PartitionKey }, inRole(delivery));
}

function partitionKeyOf(event: BusEvent, path: string | undefined): string {
  const steps = path === undefined ? undefined : parseJsonPath(path);
  const found = steps && readJsonPath(event, steps);
  if (found === undefined || found === null || found === "") return event.id;
  return (typeof found === "string" ? found : JSON.stringify(found)).slice(0, 256);
}
