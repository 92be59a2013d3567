import { streamOfIterator } from "./shard-iterator.ts";
import type { ServiceFactory } from "../../service.ts";
import { openKinesis } from "./context.ts";
import { operationsOf } from "./operations.ts";

/** Kinesis Data Streams: shards that take, keep and give records in order. See the README for what it leaves out. */
export const createKinesis: ServiceFactory<"kinesis"> = (cloud) => {
  const kinesis = openKinesis(cloud);
  return {
    name: "kinesis",
    operations: operationsOf(kinesis),
    resourceArn: (_operation, { ShardIterator: iterator }) =>
      typeof iterator === "string" ? streamOfIterator(iterator, cloud.account) : undefined,
    resourcePolicy(arn) {
      const [, , , region = "", , resource = ""] = arn.split(":");
      return kinesis.streams.get(`${region}/${resource.split("/")[1]}`)?.policy;
    },
    stop: async () => {
      for (const { ending } of kinesis.subscriptions.values()) ending.abort();
      await kinesis.metrics.close();
    },
  };
};
