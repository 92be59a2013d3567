import { policyOf } from "./topic-policy.ts";
import type { LocalService, ServiceFactory } from "../../service.ts";
import { openSns } from "./context.ts";
import { operationsOf } from "./operations.ts";

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
