import type { Checked } from "../kit/checked.ts";
import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What a queue receives. */
export interface QueueMessage {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, Checked<MessageAttributeValue>>>;
  readonly groupId?: string | undefined;
  readonly deduplicationId?: string | undefined;
}

/** Sends a message to a queue. */
export function toQueue(cloud: Cloud, arn: string, message: QueueMessage): TargetCall {
  const { body: MessageBody, attributes, groupId, deduplicationId } = message;
  const input = {
    MessageBody,
    QueueUrl: queueUrlOf(cloud.endpoint, arn),
    ...(attributes !== undefined && { MessageAttributes: { ...attributes } }),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(deduplicationId !== undefined && { MessageDeduplicationId: deduplicationId }),
  };
  return {
    arn,
    service: "sqs",
    operation: "SendMessage",
    input,
    permission: { action: "sqs:SendMessage", resource: arn },
    send: (context) => cloud.call("sqs", "SendMessage", input, { region: readArn(arn).region, ...context }),
  };
}

/** A queue's policy; undefined where it has none. Throws SQS's refusal where the queue does not exist. */
export async function findQueuePolicy(cloud: Cloud, arn: string): Promise<string | undefined> {
  const QueueUrl = queueUrlOf(cloud.endpoint, arn);
  const asked = { QueueUrl, AttributeNames: ["Policy" as const] };
  return (await cloud.call("sqs", "GetQueueAttributes", asked, { region: readArn(arn).region })).Attributes?.Policy;
}

/** The URL of the queue with an ARN. */
export function queueUrlOf(endpoint: string, arn: string): string {
  const { account, resource } = readArn(arn);
  return `${endpoint}/${account}/${resource}`;
}

/** Attributes of a message that are all text. */
export function textAttributes(
  values: Readonly<Record<string, string>>,
): Record<string, Checked<MessageAttributeValue>> {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
  );
}
