import { grantsService } from "../../../policy/service-grant.ts";
import type { Events } from "../context.ts";
import { TargetFailure } from "./target-failure.ts";
import { readTargetArn } from "./target-kind.ts";

/** A message for a queue, on behalf of a rule. */
export interface QueueMessage {
  readonly queueArn: string;
  readonly ruleArn: string;
  readonly body: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly groupId?: string | undefined;
}

/** Sends a message, where the queue's policy lets EventBridge do so: those of the same account need one too. */
export async function sendToQueue(events: Events, message: QueueMessage): Promise<void> {
  const { region, account, name } = readTargetArn(message.queueArn);
  const { cloud } = events;
  const queue = { QueueName: name, QueueOwnerAWSAccountId: account };
  const { QueueUrl } = await cloud.call("sqs", "GetQueueUrl", queue, { region });
  const asked = { QueueUrl: QueueUrl!, AttributeNames: ["Policy" as const] };
  const { Attributes } = await cloud.call("sqs", "GetQueueAttributes", asked, { region });
  const isGranted = grantsService(Attributes?.Policy, {
    service: "events.amazonaws.com",
    action: "sqs:SendMessage",
    resource: message.queueArn,
    sourceArn: message.ruleArn,
    sourceAccount: cloud.account,
  });
  if (!isGranted) throw notPermitted(`send messages to ${message.queueArn} for ${message.ruleArn}`, "sqs:SendMessage");
  const MessageAttributes = Object.fromEntries(
    Object.entries(message.attributes ?? {}).map(([key, value]) => [key, { DataType: "String", StringValue: value }]),
  );
  await cloud.call(
    "sqs",
    "SendMessage",
    { QueueUrl: QueueUrl!, MessageBody: message.body, MessageAttributes, MessageGroupId: message.groupId },
    { region },
  );
}

export function notPermitted(what: string, action: string): TargetFailure {
  return new TargetFailure(
    "NO_PERMISSIONS",
    `events.amazonaws.com may not ${what}. Allow it ${action} in the resource's policy.`,
    { isFinal: true },
  );
}
