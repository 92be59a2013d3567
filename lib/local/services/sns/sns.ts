import type { LocalService, ServiceFactory } from "../../service.ts";
import { confirmSubscription } from "./confirm-subscription.ts";
import { listSubscriptions, listSubscriptionsByTopic, listTopics } from "./lists.ts";
import { publish, publishBatch } from "./publish.ts";
import { openSns } from "./context.ts";
import { getSubscriptionAttributes, setSubscriptionAttributes } from "./subscription-attributes.ts";
import { subscribe, unsubscribe } from "./subscriptions.ts";
import { listTags, tagTopic, untagTopic } from "./tags.ts";
import { getTopicAttributes, setTopicAttributes } from "./topic-attributes.ts";
import { addPermission, removePermission } from "./topic-policy.ts";
import { createTopic, deleteTopic } from "./topics.ts";

/** Makes SNS: topics that pass on to queues, functions and web addresses, signed, filtered, with retries. */
export const createSns: ServiceFactory<"sns"> = (cloud): LocalService<"sns"> => {
  const sns = openSns(cloud);
  return {
    name: "sns",
    operations: {
      AddPermission: (input, context) => addPermission(sns, input, context),
      ConfirmSubscription: (input, context) => confirmSubscription(sns, input, context),
      CreateTopic: (input, context) => createTopic(sns, input, context),
      DeleteTopic: (input, context) => deleteTopic(sns, input, context),
      GetSubscriptionAttributes: (input, context) => getSubscriptionAttributes(sns, input, context),
      GetTopicAttributes: (input, context) => getTopicAttributes(sns, input, context),
      ListSubscriptions: (input, context) => listSubscriptions(sns, input, context),
      ListSubscriptionsByTopic: (input, context) => listSubscriptionsByTopic(sns, input, context),
      ListTagsForResource: (input, context) => listTags(sns, input, context),
      ListTopics: (input, context) => listTopics(sns, input, context),
      Publish: (input, context) => publish(sns, input, context),
      PublishBatch: (input, context) => publishBatch(sns, input, context),
      RemovePermission: (input, context) => removePermission(sns, input, context),
      SetSubscriptionAttributes: (input, context) => setSubscriptionAttributes(sns, input, context),
      SetTopicAttributes: (input, context) => setTopicAttributes(sns, input, context),
      Subscribe: (input, context) => subscribe(sns, input, context),
      TagResource: (input, context) => tagTopic(sns, input, context),
      Unsubscribe: (input, context) => unsubscribe(sns, input, context),
      UntagResource: (input, context) => untagTopic(sns, input, context),
    },
    routes: [sns.signer.route],
    start: () => sns.outbox.start(),
    stop() {
      sns.outbox.stop();
      sns.stopping.abort();
      return sns.metrics.close();
    },
  };
};
