import { createHash } from "node:crypto";
import { isAwsError } from "../../../aws-error.ts";
import { findBus, nameOfBus } from "../buses/buses.ts";
import type { Delivery } from "./deliveries.ts";
import type { BusEvent } from "../buses/event.ts";
import type { Events } from "../context.ts";
import { ingest } from "../buses/ingest.ts";
import { inRole } from "./in-role.ts";
import { sendToApi } from "./send-to-api.ts";
import { sendToFunction } from "./send-to-function.ts";
import { sendToLogs } from "./send-to-logs.ts";
import { sendToQueue } from "./send-to-queue.ts";
import { sendToStream } from "./send-to-stream.ts";
import { sendToTopic } from "./send-to-topic.ts";
import { TargetFailure } from "./target-failure.ts";
import { buildTargetInput } from "./target-input.ts";
import { readTargetArn, targetKind, type TargetKind } from "./target-kind.ts";

type Sender = (events: Events, delivery: Delivery, input: string) => Promise<void> | void;

const SENDERS: { readonly [K in TargetKind]: Sender } = {
  lambda: sendToFunction,
  sqs: (events, { target, ruleArn }, body) =>
    sendToQueue(events, { queueArn: target.Arn!, ruleArn, body, groupId: target.SqsParameters?.MessageGroupId }),
  sns: sendToTopic,
  states: startExecution,
  kinesis: sendToStream,
  logs: sendToLogs,
  "event-bus": passOn,
  "api-destination": sendToApi,
};

/** Hands an event to its target. Throws `TargetFailure` or the target's own refusal. */
export async function sendToTarget(events: Events, delivery: Delivery): Promise<void> {
  const arn = delivery.target.Arn ?? "";
  const kind = targetKind(arn);
  if (kind === undefined) throw new TargetFailure("INVALID_PARAMETER", `${arn} is no target.`, { isFinal: true });
  await SENDERS[kind](events, delivery, buildTargetInput(delivery));
}

/** The execution's name is the same for every attempt, so that a second one finds the first. */
async function startExecution({ cloud }: Events, delivery: Delivery, input: string): Promise<void> {
  const { Arn: stateMachineArn, Id } = delivery.target;
  const { id } = JSON.parse(delivery.event) as BusEvent;
  const name = `${id}_${createHash("sha256").update(`${delivery.ruleArn}/${Id}`).digest("hex").slice(0, 32)}`;
  await cloud
    .call("sfn", "StartExecution", { stateMachineArn, input, name }, inRole(delivery))
    .catch((error: unknown) => {
      if (!isAwsError(error, "ExecutionAlreadyExists")) throw error;
    });
}

/** Another bus gets the event as it is, whatever region it came from. */
async function passOn(events: Events, delivery: Delivery): Promise<void> {
  const arn = delivery.target.Arn!;
  const { region } = readTargetArn(arn);
  const bus = findBus(events, region, nameOfBus(arn));
  if (bus === undefined)
    throw new TargetFailure("NO_RESOURCE", `Event bus ${nameOfBus(arn)} does not exist.`, { isFinal: true });
  const context = inRole(delivery);
  const entry = { Entries: [{ EventBusName: arn }] };
  const { as } = context;
  const denial = as && (await events.cloud.findDenial("eventbridge", "PutEvents", entry, { ...context, as }));
  if (denial !== undefined) throw new TargetFailure("NO_PERMISSIONS", denial, { isFinal: true });
  const event = JSON.parse(delivery.event) as BusEvent;
  events.cloud.store.transaction(() => ingest(events, { region, bus: bus.name, hops: delivery.hops + 1 }, event));
}
