import { DescribeTableCommand, DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { Duration } from "aws-cdk-lib";
import { AttributeType, Table } from "aws-cdk-lib/aws-dynamodb";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { StringParameter } from "aws-cdk-lib/aws-ssm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Function, Rollout } from "../../../lib/index.ts";
import { callUntil } from "../../helpers/call-until.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** The next version replaces or drops what the live one uses, under traffic. */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
});

afterAll(() => app.stop());

const policy = Rollout.canary({ percent: 50, bake: Duration.minutes(2) });

const SEND = 'await json("sqs", "AmazonSQS.SendMessage", { QueueUrl: process.env.QUEUE, MessageBody: "x" });';
const PUT =
  'await json("dynamodb", "DynamoDB_20120810.PutItem", { TableName: process.env.TABLE, Item: { [process.env.KEY]: { S: "x" } } });';
const READ = 'await json("ssm", "AmazonSSM.GetParameter", { Name: process.env.PARAMETER });';

/** A queue and a table of which both are replaced when `generation` changes; code and environment stay the same. */
const withStores =
  (generation: number): BuildApp =>
  (stack, root) => {
    const queue = new Queue(stack, "Queue", generation === 1 ? {} : { fifo: false, queueName: `second-${generation}` });
    const partitionKey = { name: `id${generation}`, type: AttributeType.STRING };
    const table = new Table(stack, "Table", { partitionKey });
    const fn = new Function(stack, "Stores", {
      functionName: "stores",
      code: inlineCode(`${SEND} ${PUT} return process.env.QUEUE;`),
      environment: { QUEUE: queue.queueUrl, TABLE: table.tableName, KEY: partitionKey.name },
    });
    queue.grantSendMessages(fn);
    table.grantWriteData(fn);
    new Rollout(root, "Rollout", { policy });
  };

async function queues(): Promise<string[]> {
  const { QueueUrls = [] } = await app.cloud.client(SQSClient).send(new ListQueuesCommand({}));
  return QueueUrls;
}

test("a queue and a table that are replaced stay until no version uses them, and no request fails", async () => {
  expect(await app.deploy(withStores(1))).toMatchObject({ exitCode: 0 });
  const [first] = await queues();
  const traffic = callUntil(app, "stores");
  const report = await app.deploy(withStores(2));
  const calls = await traffic.stop();
  expect(report, report.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(calls.failures).toEqual([]);
  expect(calls.versions).toEqual(["1", "2"]);
  expect(await queues()).not.toContain(first);
  expect((await app.call("stores")).answer).toContain("/second-2");
  expect(await app.deploy(withStores(2))).toMatchObject({ unchanged: true });
}, 120_000);

const queueOnly =
  (queueName: string): BuildApp =>
  (stack, root) => {
    const queue = new Queue(stack, "Named", { queueName });
    const code = inlineCode(`${SEND} return process.env.QUEUE;`);
    const fn = new Function(stack, "Refers", { functionName: "refers", code, environment: { QUEUE: queue.queueUrl } });
    queue.grantSendMessages(fn);
    new Rollout(root, "Rollout", { policy });
  };

test("a dependency that is replaced behind a reference makes a new version, though the function is the same", async () => {
  expect(await app.deploy(queueOnly("one"))).toMatchObject({ exitCode: 0 });
  const traffic = callUntil(app, "refers");
  const report = await app.deploy(queueOnly("two"));
  const calls = await traffic.stop();
  expect(report, report.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(calls).toEqual({ versions: ["1", "2"], failures: [] });
  expect((await app.call("refers")).answer).toContain("/two");
  expect((await queues()).filter((url) => /\/(one|two)$/.test(url))).toHaveLength(1);
}, 120_000);

const reading =
  (withParameter: boolean): BuildApp =>
  (stack, root) => {
    const code = inlineCode(withParameter ? `${READ} return 1;` : "return 2;");
    const fn = new Function(stack, "Reads", { functionName: "reads", code });
    if (withParameter) {
      const parameter = new StringParameter(stack, "Setting", { parameterName: "/held/setting", stringValue: "x" });
      fn.addEnvironment("PARAMETER", parameter.parameterName);
      parameter.grantRead(fn);
    }
    new Rollout(root, "Rollout", { policy });
  };

test("a parameter and a grant that the new version drops stay while the old one reads it", async () => {
  expect(await app.deploy(reading(true))).toMatchObject({ exitCode: 0 });
  const traffic = callUntil(app, "reads");
  const report = await app.deploy(reading(false));
  const calls = await traffic.stop();
  expect(report, report.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(calls).toEqual({ versions: ["1", "2"], failures: [] });
  expect(report.release?.contracted).toEqual([
    expect.stringMatching(/^Inline\.\w*Policy\w+ \(AWS::IAM::Policy\)$/),
    expect.stringMatching(/^Inline\.Setting\w+ \(AWS::SSM::Parameter\)$/),
  ]);
}, 120_000);

test("a table with a fixed name whose key changes is refused in plain words, before anything is touched", async () => {
  const named =
    (key: string): BuildApp =>
    (stack, root) => {
      const partitionKey = { name: key, type: AttributeType.STRING };
      const table = new Table(stack, "FixedTable", { tableName: "fixed", partitionKey });
      const environment = { TABLE: table.tableName };
      const fn = new Function(stack, "Fixed", { functionName: "fixed", code: inlineCode("return 1;"), environment });
      table.grantReadData(fn);
      new Rollout(root, "Rollout", { policy });
    };
  expect(await app.deploy(named("a"))).toMatchObject({ exitCode: 0 });
  await expect(app.deploy(named("b"))).rejects.toMatchObject({
    code: "StageBreaksLive",
    message: expect.stringMatching(
      /Table\w+ \(AWS::DynamoDB::Table\) has to be replaced and has the fixed name fixed/,
    ) as string,
  });
  const { Table: found } = await app.cloud
    .client(DynamoDBClient)
    .send(new DescribeTableCommand({ TableName: "fixed" }));
  expect(found?.KeySchema).toEqual([{ AttributeName: "a", KeyType: "HASH" }]);
}, 120_000);
