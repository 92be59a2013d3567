import { KinesisClient, PutRecordCommand } from "@aws-sdk/client-kinesis";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";
import { call } from "../../helpers/todo-client.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;

beforeAll(async () => {
  project = await starterProject("stream-analytics");
  outputs = await deployStarter(project);
});

afterAll(() => project.remove());

interface Minute {
  readonly start: string;
  readonly count: number;
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly countedBy: string;
}

const read = (sensor: string, value: unknown) =>
  call(outputs["ApiUrl"]!, "POST", "/readings", { sensor, value }).then(({ status }) => status);

async function minutesOf(sensor: string): Promise<readonly Minute[]> {
  const answer = await call<{ minutes?: readonly Minute[] }>(outputs["ApiUrl"]!, "GET", `/sensors/${sensor}`);
  return answer.body.minutes ?? [];
}

/** The readings may lie on both sides of a minute's end. */
const countOf = async (sensor: string) => (await minutesOf(sensor)).reduce((sum, { count }) => sum + count, 0);

const countersOf = async (sensor: string) => (await minutesOf(sensor)).map(({ countedBy }) => countedBy);

it("readings are counted minute by minute, a bad one goes to the failure queue, and a release moves all functions", async () => {
  expect(await Promise.all([20, 22, 27].map((value) => read("roof", value)))).toEqual([202, 202, 202]);
  expect(await read("roof", "warm")).toBe(400);
  await expect.poll(() => countOf("roof")).toBe(3);
  const minutes = await minutesOf("roof");
  expect(Math.min(...minutes.map(({ least }) => least))).toBe(20);
  expect(Math.max(...minutes.map(({ most }) => most))).toBe(27);
  expect(minutes.reduce((sum, { count, mean }) => sum + count * mean, 0)).toBeCloseTo(69);
  expect(minutes[0]!.countedBy).toBe("counter");

  const options = await clientOptions(project);
  const [kinesis, sqs] = [new KinesisClient(options), new SQSClient(options)];
  const StreamName = outputs["StreamName"];
  const bad = new PutRecordCommand({ StreamName, Data: Buffer.from("no reading"), PartitionKey: "roof" });
  const { SequenceNumber } = await kinesis.send(bad);
  const receive = new ReceiveMessageCommand({ QueueUrl: outputs["FailuresUrl"], VisibilityTimeout: 0 });
  const told = async () => JSON.parse((await sqs.send(receive)).Messages?.[0]?.Body ?? "{}") as object;
  await expect.poll(told).toMatchObject({ KinesisBatchInfo: { batchSize: 1, startSequenceNumber: SequenceNumber } });
  kinesis.destroy();
  sqs.destroy();

  project.edit("functions/aggregate.ts", (text) => text.replace('S: "counter"', 'S: "second counter"'));
  expect(await deployStarter(project)).toEqual(outputs);
  await read("cellar", 12);
  await expect.poll(() => countersOf("cellar")).toEqual(["second counter"]);

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  await read("attic", 30);
  await expect.poll(() => countersOf("attic")).toEqual(["counter"]);

  await destroyStarter(project);
});
