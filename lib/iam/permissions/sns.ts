import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html */
export const findSnsPermissions: FindPermissions = (operation, input, place) => [
  {
    action: `sns:${operation === "PublishBatch" ? "Publish" : operation}`,
    resource: topicArn(input, place),
    facts: { ...factsOf(input), ...tagFacts(input) },
  },
];

/** A subscription is authorised by its topic. */
function topicArn(input: RequestInput, { account, region }: Place): string {
  const topic = textOf(input, "TopicArn", "TargetArn", "ResourceArn");
  if (topic !== undefined) return topic;
  const subscription = textOf(input, "SubscriptionArn");
  if (subscription !== undefined) return subscription.split(":").slice(0, 6).join(":");
  const name = textOf(input, "Name");
  return name === undefined ? "*" : `arn:aws:sns:${region}:${account}:${name}`;
}

function factsOf(input: RequestInput): Record<string, readonly string[]> {
  const protocol = textOf(input, "Protocol");
  const endpoint = textOf(input, "Endpoint");
  return {
    ...(protocol !== undefined && { "sns:protocol": [protocol] }),
    ...(endpoint !== undefined && { "sns:endpoint": [endpoint] }),
  };
}
