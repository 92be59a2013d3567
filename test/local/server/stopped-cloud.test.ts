import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { startTestCloud } from "../../helpers/cloud.ts";

const REFUSED = { code: "ServiceUnavailable", message: "The local cloud is stopping." };

test("a call is refused after the cloud has stopped, whether its service keeps state in memory or on disk", async () => {
  const cloud = await startTestCloud();
  await cloud.call("sqs", "CreateQueue", { QueueName: "orders" });
  await cloud.call("cloudformation", "DescribeStacks", {});
  await cloud.stop();
  await expect(cloud.call("cloudformation", "DescribeStacks", {})).rejects.toMatchObject(REFUSED);
  await expect(cloud.call("sqs", "ListQueues", {})).rejects.toMatchObject(REFUSED);
  await expect(cloud.call("sns", "ListTopics", {})).rejects.toMatchObject(REFUSED);
});

test("a call that outlives the cloud is refused, not broken by its closed state", async () => {
  const cloud = await startTestCloud();
  await cloud.call("s3", "CreateBucket", { Bucket: "photos" });
  const stopped = Promise.withResolvers<void>();
  const body = async function* () {
    yield Buffer.from("first half,");
    await stopped.promise;
    yield Buffer.from("second half");
  };
  const put = cloud.call("s3", "PutObject", { Bucket: "photos", Key: "slow", Body: Readable.from(body()) });
  const refusal = put.catch((error: unknown) => error);
  await cloud.stop();
  stopped.resolve();
  expect(await refusal).toMatchObject(REFUSED);
});
