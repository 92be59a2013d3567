import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(() => cloud.stop());

const scope = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
});

async function askDynamodb(operation: string, body: string): Promise<unknown> {
  const response = await fetch(cloud.endpoint, {
    method: "POST",
    headers: {
      ...scope("dynamodb"),
      "x-amz-target": `DynamoDB_20120810.${operation}`,
      "content-type": "application/x-amz-json-1.0",
    },
    body,
  });
  return response.json();
}

test("names DynamoDB's own errors with its namespace", async () => {
  const answer = await askDynamodb("DescribeTable", JSON.stringify({ TableName: "none" }));
  expect(answer).toMatchObject({ __type: "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException" });
});

test("names DynamoDB's refusals of invalid requests with Coral's namespace", async () => {
  const answer = await askDynamodb("DescribeTable", "{}");
  expect(answer).toMatchObject({ __type: "com.amazon.coral.validate#ValidationException" });
});

test("names DynamoDB's refusals of unreadable requests with Coral's namespace", async () => {
  const answer = await askDynamodb("DescribeTable", JSON.stringify({ TableName: [] }));
  expect(answer).toMatchObject({ __type: "com.amazon.coral.service#SerializationException" });
});

test("writes SQS's namespace into its XML", async () => {
  const response = await fetch(cloud.endpoint, {
    method: "POST",
    headers: { ...scope("sqs"), "content-type": "application/x-www-form-urlencoded" },
    body: "Action=CreateQueue&QueueName=orders",
  });
  expect(await response.text()).toContain('<CreateQueueResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">');
});
