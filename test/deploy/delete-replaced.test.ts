import { CreateQueueCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { deleteReplaced } from "../../lib/deploy/delete-replaced.ts";
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

it("deletes what a release replaced, and does not mind what is already gone", async () => {
  const { QueueUrl = "" } = await cloud.client(SQSClient).send(new CreateQueueCommand({ QueueName: "old" }));
  const replaced = [
    { logicalId: "Queue", type: "AWS::SQS::Queue", physicalId: QueueUrl },
    { logicalId: "Table", type: "AWS::DynamoDB::Table", physicalId: "gone" },
    { logicalId: "Setting", type: "AWS::SSM::Parameter", physicalId: "gone" },
  ];
  expect(await deleteReplaced(aws, replaced, new Map())).toEqual([]);
  expect(await deleteReplaced(aws, replaced, new Map())).toEqual([]);
});
