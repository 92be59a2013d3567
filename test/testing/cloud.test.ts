import { ScanCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { App } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "../../lib/testing/testing.ts";
// oxlint-disable-next-line import/no-unassigned-import -- it registers its matchers
import "../../lib/testing/vitest.ts";
import { OrderStack } from "./order-stack.ts";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy(new OrderStack(new App()));
});

afterAll(() => cloud.stop());

async function ids(of: TestApp): Promise<string[]> {
  const TableName = of.physicalId("Table", "AWS::DynamoDB::Table");
  const { Items = [] } = await of.client(DynamoDBClient).send(new ScanCommand({ TableName }));
  return Items.map(({ id }) => id?.S ?? "").toSorted((a, b) => a.localeCompare(b));
}

test("a queue has received what was sent to it, also after its consumer has deleted it", async () => {
  await using fork = await app.fork();
  await fork.invoke("Order", { id: "a1" });
  await expect(fork.queue("Orders")).toHaveReceived({ id: "a1" });
  await expect(fork.queue("Orders")).not.toHaveReceived({ id: "a2" });
  await eventually(async () => expect(await fork.logs("Ship")).toContainEqual(expect.stringContaining("shipped")));
  await expect(fork.queue("Orders")).toHaveReceived({ id: "a1", state: "new" });
  expect(fork.queue("Orders").received()).toHaveLength(1);
});

test("the matcher names what the queue has received", async () => {
  await using fork = await app.fork();
  await fork.invoke("Order", { id: "b1" });
  const refused = expect(fork.queue("Orders")).toHaveReceived({ id: "b2" }, { timeout: 100 });
  await expect(refused).rejects.toThrow(
    /to have received \{"id": "b2"\}\. It received:\n {2}\{"id": "b1", "state": "new"\}/,
  );
});

test("reading what was received changes no visibility and no receive count", async () => {
  await using fork = await app.fork();
  const sqs = fork.client(SQSClient);
  await fork.invoke("Order", { id: "lost" });
  const { url } = fork.queue("Orders/DeadLetters");
  await cloudTimePasses(fork);
  await expect(fork.queue("Orders/DeadLetters")).toHaveReceived({ id: "lost" });
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: url,
      AttributeNames: ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
    }),
  );
  expect(Attributes).toEqual({ ApproximateNumberOfMessages: "1", ApproximateNumberOfMessagesNotVisible: "0" });
});

/** A message that failed becomes visible after its visibility timeout, and then goes to the dead letters. */
async function cloudTimePasses(fork: TestApp): Promise<void> {
  await eventually(async () =>
    expect(await fork.logs("Ship")).toContainEqual(expect.stringContaining('"errorMessage":"lost"')),
  );
  await fork.cloud.clock.advance("31s");
}

test("the clock fires schedules on its way", async () => {
  await using fork = await app.fork();
  const before = fork.cloud.clock.now();
  await fork.cloud.clock.advance("1d");
  expect(fork.cloud.clock.now().getTime() - before.getTime()).toBeGreaterThanOrEqual(24 * 3_600_000);
  await eventually(async () =>
    expect(await fork.logs("Daily")).toContainEqual(expect.stringContaining("greeting day")),
  );
});

test("a fork has the state of its original, and neither sees what the other does then", async () => {
  await using base = await app.fork();
  await base.invoke("Order", { id: "before" });
  await using fork = await base.fork();
  await fork.invoke("Order", { id: "in the fork" });
  await base.invoke("Order", { id: "in the original" });
  expect(await ids(fork)).toEqual(["before", "in the fork"]);
  expect(await ids(base)).toEqual(["before", "in the original"]);
  await expect(fork.queue("Orders")).not.toHaveReceived({ id: "in the original" });
});

test("deployed values name the fork's own address", async () => {
  await using fork = await app.fork();
  expect(fork.queue("Orders").url).toContain(fork.cloud.endpoint);
  await fork.invoke("Order", { id: "f1" });
  await expect(fork.queue("Orders")).toHaveReceived({ id: "f1" });
  await expect(app.queue("Orders")).not.toHaveReceived({ id: "f1" });
});

test("a fork is deployed to as its original is", async () => {
  await using fork = await app.fork();
  const stack = new OrderStack(new App());
  stack.order.addEnvironment("MORE", "yes");
  const updated = await fork.cloud.deploy(stack);
  expect(await updated.invoke("Order", { id: "u1" })).toEqual({ id: "u1" });
});

test("a throttled call is refused in the service's own words, as often as it is said", async () => {
  await using fork = await app.fork();
  const dynamodb = fork.client(DynamoDBClient, { maxAttempts: 1 });
  const fault = fork.cloud.faults.throttle("dynamodb", "PutItem", { times: 1 });
  const put = new PutItemCommand({
    TableName: fork.physicalId("Table", "AWS::DynamoDB::Table"),
    Item: { id: { S: "t" } },
  });
  await expect(dynamodb.send(put)).rejects.toMatchObject({ name: "ProvisionedThroughputExceededException" });
  await dynamodb.send(put);
  expect(fault.hits).toBe(1);
});

test("a function's SDK retries a fault, and a reply that was dropped had its effect", async () => {
  await using fork = await app.fork();
  const dropped = fork.cloud.faults.dropReply("dynamodb", "PutItem", { times: 1 });
  const throttled = fork.cloud.faults.throttle("sqs", "SendMessage", { times: 1 });
  expect(await fork.invoke("Order", { id: "d1" })).toEqual({ id: "d1" });
  expect([dropped.hits, throttled.hits]).toEqual([1, 1]);
  expect(await ids(fork)).toEqual(["d1"]);
  expect(fork.queue("Orders").received()).toHaveLength(1);
});

test("a fault that lasts fails the function, until it is removed", async () => {
  await using fork = await app.fork();
  const fault = fork.cloud.faults.fail("sqs", "*", {
    code: "AWS.SimpleQueueService.NonExistentQueue",
    message: "The specified queue does not exist.",
    when: ({ MessageBody }) => String(MessageBody).includes("x1"),
  });
  await expect(fork.invoke("Order", { id: "x1" })).rejects.toThrow("The specified queue does not exist.");
  expect(await fork.invoke("Order", { id: "x2" })).toEqual({ id: "x2" });
  fault.remove();
  expect(await fork.invoke("Order", { id: "x1" })).toEqual({ id: "x1" });
});

test("a call is held back for a time of the cloud's clock", async () => {
  await using fork = await app.fork();
  const fault = fork.cloud.faults.delay("dynamodb", "Scan", "1h");
  let isDone = false;
  const scanned = ids(fork).then((found) => ((isDone = true), found));
  await expect.poll(() => fault.hits).toBe(1);
  expect(isDone).toBe(false);
  await fork.cloud.clock.advance("1h");
  expect(await scanned).toEqual([]);
});
