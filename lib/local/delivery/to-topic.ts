import type { Checked } from "../kit/checked.ts";
import type { MessageAttributeValue } from "@aws-sdk/client-sns";
import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What a topic publishes. */
export interface TopicMessage {
  readonly message: string;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, Checked<MessageAttributeValue>>>;
}

/** Publishes a message on a topic. */
export function toTopic(cloud: Cloud, arn: string, { message, subject, attributes }: TopicMessage): TargetCall {
  const input = {
    Message: message,
    TopicArn: arn,
    ...(subject !== undefined && { Subject: subject }),
    ...(attributes !== undefined && { MessageAttributes: { ...attributes } }),
  };
  return {
    arn,
    service: "sns",
    operation: "Publish",
    input,
    permission: { action: "sns:Publish", resource: arn },
    send: (context) => cloud.call("sns", "Publish", input, { region: readArn(arn).region, ...context }),
  };
}

/** A topic's policy. Throws SNS's refusal where the topic does not exist. */
export async function findTopicPolicy(cloud: Cloud, arn: string): Promise<string | undefined> {
  const { region } = readArn(arn);
  return (await cloud.call("sns", "GetTopicAttributes", { TopicArn: arn }, { region })).Attributes?.["Policy"];
}
