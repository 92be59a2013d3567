import type { Subscription } from "@aws-sdk/client-sns";
import type { RequestContext } from "../../service.ts";
import type { SubscriptionRecord } from "./records.ts";
import { requireTopic, subscriptionKey, subscriptionsOf, type Input, type Output, type Sns } from "./context.ts";
import { invalidParameter } from "./errors.ts";

const PAGE = 100;

/** Lists the region's topics, a page of 100 at a time. */
export function listTopics(sns: Sns, input: Input<"ListTopics">, context: RequestContext): Output<"ListTopics"> {
  const topics = sns.topics.list(`${context.region}/`).map(([, topic]) => topic);
  const { page, NextToken } = cut(topics, ({ name }) => name, input.NextToken);
  return { Topics: page.map(({ arn }) => ({ TopicArn: arn })), ...(NextToken !== undefined && { NextToken }) };
}

/** Lists the region's subscriptions, a page of 100 at a time. */
export function listSubscriptions(
  sns: Sns,
  input: Input<"ListSubscriptions">,
  context: RequestContext,
): Output<"ListSubscriptions"> {
  const all = sns.subscriptions.list(`${context.region}/`).map(([, subscription]) => subscription);
  return answer(all, input.NextToken, context);
}

/** Lists a topic's subscriptions, a page of 100 at a time. */
export function listSubscriptionsByTopic(
  sns: Sns,
  input: Input<"ListSubscriptionsByTopic">,
  context: RequestContext,
): Output<"ListSubscriptionsByTopic"> {
  return answer(subscriptionsOf(sns, requireTopic(sns, context, input.TopicArn)), input.NextToken, context);
}

function answer(all: readonly SubscriptionRecord[], token: string | undefined, { account }: RequestContext) {
  const { page, NextToken } = cut(all, subscriptionKey, token);
  const Subscriptions = page.map((each) => describe(each, account));
  return { Subscriptions, ...(NextToken !== undefined && { NextToken }) };
}

function describe({ arn, isPending, protocol, endpoint, topicArn }: SubscriptionRecord, Owner: string): Subscription {
  return {
    SubscriptionArn: isPending ? "PendingConfirmation" : arn,
    Owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  };
}

/** A page of what is sorted by `keyOf`. The token is the last key that was given. */
function cut<T>(
  all: readonly T[],
  keyOf: (item: T) => string,
  token: string | undefined,
): { page: readonly T[]; NextToken: string | undefined } {
  const last = token === undefined ? "" : Buffer.from(token, "base64url").toString();
  if (token !== undefined && Buffer.from(last).toString("base64url") !== token) throw invalidParameter("NextToken");
  const start =
    token === undefined
      ? 0
      : all.findLastIndex((item) => Buffer.compare(Buffer.from(keyOf(item)), Buffer.from(last)) <= 0) + 1;
  const page = all.slice(start, start + PAGE);
  const isLast = start + PAGE >= all.length;
  return { page, NextToken: isLast ? undefined : Buffer.from(keyOf(page.at(-1)!)).toString("base64url") };
}
