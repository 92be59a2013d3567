import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Sns } from "./context.ts";
import * as confirmSubscription from "./confirm-subscription.ts";
import * as lists from "./lists.ts";
import * as publish from "./publish.ts";
import * as subscriptionAttributes from "./subscription-attributes.ts";
import * as subscriptions from "./subscriptions.ts";
import * as tags from "./tags.ts";
import * as topicAttributes from "./topic-attributes.ts";
import * as topicPolicy from "./topic-policy.ts";
import * as topics from "./topics.ts";

/** The operations of SNS that are carried. */
export function operationsOf(sns: Sns): Operations<"sns"> {
  return bindOperations("sns", sns, [
    confirmSubscription,
    lists,
    publish,
    subscriptionAttributes,
    subscriptions,
    tags,
    topicAttributes,
    topicPolicy,
    topics,
  ]);
}
