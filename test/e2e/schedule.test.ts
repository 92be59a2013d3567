import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GetRecordsCommand, GetShardIteratorCommand, KinesisClient } from "@aws-sdk/client-kinesis";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter } from "../helpers/starter.ts";

const APP = `
import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { EventBus, Queue, Rule, Schedule, Stream } from "tidegate";
const app = new App();
const stack = new Stack(app, "Clock");
const queue = new Queue(stack, "Received");
const bus = new EventBus(stack, "Shop");
new Rule(stack, "Closing", { eventBus: bus, eventPattern: { source: ["shop.clock"] } }).to(queue);
const event = { source: "shop.clock", detailType: "Day ended" };
new Schedule(stack, "EachDay", { schedule: "cron(0 18 ? * * *)", target: bus, event, input: { shop: 7 } });
const stream = new Stream(stack, "Ticks", { shardCount: 1 });
new Schedule(stack, "EachHour", { schedule: "cron(0 * ? * * *)", target: stream, input: "tick" });
new CfnOutput(stack, "Queue", { value: queue.queueUrl });
new CfnOutput(stack, "Stream", { value: stream.streamName });
app.synth();
`;

let project: TestProject;

beforeAll(async () => {
  project = emptyProject();
  mkdirSync(join(project.folder, "bin"));
  writeFileSync(join(project.folder, "bin/app.ts"), APP);
  const context = { tidegate: { stages: { local: {} } } };
  writeFileSync(join(project.folder, "cdk.json"), JSON.stringify({ app: "node bin/app.ts", context }));
  await project.tidegate("local", "start");
});

afterAll(() => project.remove());

it("a schedule puts events on a bus and records into a stream", async () => {
  const outputs = await deployStarter(project);
  const options = await clientOptions(project);
  const [sqs, kinesis] = [new SQSClient(options), new KinesisClient(options)];
  await project.tidegate("local", "clock", "--advance", "1d");

  const receive = new ReceiveMessageCommand({ QueueUrl: outputs["Queue"] });
  let body: string | undefined;
  await expect.poll(async () => (body = (await sqs.send(receive)).Messages?.[0]?.Body)).toBeDefined();
  expect(JSON.parse(body!)).toMatchObject({
    source: "shop.clock",
    "detail-type": "Day ended",
    detail: { shop: 7 },
  });

  const StreamName = outputs["Stream"];
  const from = new GetShardIteratorCommand({
    StreamName,
    ShardId: "shardId-000000000000",
    ShardIteratorType: "TRIM_HORIZON",
  });
  const records = async () => {
    const { ShardIterator } = await kinesis.send(from);
    return (await kinesis.send(new GetRecordsCommand({ ShardIterator }))).Records ?? [];
  };
  await expect.poll(async () => (await records()).length).toBeGreaterThan(0);
  const [first] = await records();
  expect(Buffer.from(first!.Data!).toString()).toBe("tick");
  expect(first!.PartitionKey).toBe("Clock/EachHour");

  for (const client of [sqs, kinesis]) client.destroy();
  // Nothing here is released; the stacks have a status all the same.
  const status = await project.tidegate("status");
  expect(status.stdout).toContain(
    "the app has no functions or workflows that are released.\n  stack Clock: CREATE_COMPLETE",
  );
  await destroyStarter(project);
});
