import { CreateQueueCommand, ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { deleteOldResources } from "../../lib/deploy/delete-old-resources.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";

let cloud: TestCloud;
let aws: Aws;

beforeAll(async () => {
  cloud = await startTestCloud();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: cloud.endpoint, credentials });
});

afterAll(async () => {
  await aws.close();
  await cloud.stop();
});

const confirm = () => Promise.resolve();

it("deletes the resources that a release replaced, and ignores those that are already gone", async () => {
  const { QueueUrl = "" } = await cloud.client(SQSClient).send(new CreateQueueCommand({ QueueName: "old" }));
  const stackName = "Shop";
  const replaced = [
    { stackName, logicalId: "Queue", type: "AWS::SQS::Queue", physicalId: QueueUrl },
    { stackName, logicalId: "Table", type: "AWS::DynamoDB::Table", physicalId: "gone" },
    { stackName, logicalId: "Setting", type: "AWS::SSM::Parameter", physicalId: "gone" },
  ];
  const guard = { owned: new Set<string>(), confirm };
  expect(await deleteOldResources(aws, replaced, guard)).toEqual(new Map());
  expect(await deleteOldResources(aws, replaced, guard)).toEqual(new Map());
  expect((await cloud.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls ?? []).not.toContain(QueueUrl);
});

it("leaves what a stack has by now, and stops where another driver took over", async () => {
  const { QueueUrl = "" } = await cloud.client(SQSClient).send(new CreateQueueCommand({ QueueName: "again" }));
  const replaced = [{ stackName: "Shop", logicalId: "Queue", type: "AWS::SQS::Queue", physicalId: QueueUrl }];
  expect(await deleteOldResources(aws, replaced, { owned: new Set([QueueUrl]), confirm })).toEqual(new Map());
  const overtaken = () => Promise.reject(new Error("overtaken"));
  await expect(deleteOldResources(aws, replaced, { owned: new Set(), confirm: overtaken })).rejects.toThrow(
    "overtaken",
  );
  expect((await cloud.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toContain(QueueUrl);
});
