import type { Sns } from "./context.ts";
import { TopicMetrics } from "./topic-metrics.ts";
import { Signer } from "./signer.ts";
import { openSubscriptionDeliveries } from "./deliver.ts";
import { policyOf } from "./topic-policy.ts";
import type { LocalService, ServiceFactory, Cloud } from "../../service.ts";
import { operationsOf } from "./operations.ts";

function openSns(cloud: Cloud): Sns {
  const { store } = cloud;
  const sns: Sns = {
    cloud,
    topics: store.collection("sns.topics"),
    subscriptions: store.collection("sns.subscriptions"),
    deduplications: store.collection("sns.deduplications"),
    sequences: store.collection("sns.sequences"),
    sweptMs: new Map(),
    signer: new Signer(cloud),
    metrics: new TopicMetrics(cloud),
    stopping: new AbortController(),
    outbox: openSubscriptionDeliveries(cloud, () => sns),
  };
  return sns;
}

/** Makes SNS: topics that pass on to queues, functions and web addresses, signed, filtered, with retries. */
export const createSns: ServiceFactory<"sns"> = (cloud): LocalService<"sns"> => {
  const sns = openSns(cloud);
  return {
    name: "sns",
    operations: operationsOf(sns),
    resourcePolicy(arn) {
      const [, , , region = "", , name = ""] = arn.split(":");
      const topic = sns.topics.get(`${region}/${name}`);
      return topic && policyOf(topic, cloud.account);
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
