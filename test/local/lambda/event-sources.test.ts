import { CreateTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import {
  CreateEventSourceMappingCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
} from "@aws-sdk/client-lambda";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLambda, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  fixture = await startLambda();
  dynamodb = fixture.cloud.client(DynamoDBClient);
});
afterAll(() => fixture.cloud.stop());

interface Event {
  readonly Records: { eventName: string; dynamodb: { Keys: { id: { S: string } }; SequenceNumber: string } }[];
}

/** A table with a stream, and a function on it that writes down what it gets. */
async function connect(name: string, answer: string, input: Partial<CreateEventSourceMappingCommandInput> = {}) {
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: name,
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    }),
  );
  const note = `${fixture.cloud.stateFolder}/${name}`;
  await fixture.make(
    name,
    `let calls = 0; exports.handler = async (event) => { calls++;
       require("fs").appendFileSync(${JSON.stringify(note)}, JSON.stringify(event) + "\\n"); ${answer} }`,
  );
  const mapping = await fixture.lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: TableDescription?.LatestStreamArn,
      StartingPosition: "TRIM_HORIZON",
      ...input,
    }),
  );
  const put = (id: string) =>
    dynamodb.send(new PutItemCommand({ TableName: name, Item: { id: { S: id }, data: { B: Buffer.from("foobar") } } }));
  return { mapping, put, stream: TableDescription?.LatestStreamArn ?? "", name };
}

async function eventsOf(name: string): Promise<Event[]> {
  const text = await readFile(`${fixture.cloud.stateFolder}/${name}`, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Event);
}

const idsOf = async (name: string) =>
  (await eventsOf(name)).map(({ Records }) => Records.map(({ dynamodb }) => dynamodb.Keys.id.S).join(","));

describe("a table's stream", () => {
  it("brings its changes to the function, in order", async () => {
    const { mapping, put, stream } = await connect("ordered", "");
    expect(mapping).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: false,
      DestinationConfig: { OnFailure: {} },
      EventSourceArn: stream,
      FunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:ordered",
      FunctionResponseTypes: [],
      LastProcessingResult: "No records processed",
      MaximumRecordAgeInSeconds: -1,
      MaximumRetryAttempts: -1,
      ParallelizationFactor: 1,
      State: "Creating",
      StateTransitionReason: "User action",
    });
    for (const id of ["a", "b", "c"]) await put(id);
    await expect.poll(async () => (await idsOf("ordered")).join(",")).toBe("a,b,c");
    const [first] = (await eventsOf("ordered"))[0]!.Records;
    expect(first).toEqual({
      eventID: expect.any(String) as string,
      eventName: "INSERT",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: "us-east-1",
      dynamodb: {
        ApproximateCreationDateTime: expect.any(Number) as number,
        Keys: { id: { S: "a" } },
        NewImage: { id: { S: "a" }, data: { B: "Zm9vYmFy" } },
        SequenceNumber: expect.any(String) as string,
        SizeBytes: expect.any(Number) as number,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      eventSourceARN: stream,
    });
    const read = () => fixture.lambda.send(new GetEventSourceMappingCommand({ UUID: mapping.UUID }));
    await expect.poll(read).toMatchObject({ State: "Enabled", LastProcessingResult: "OK" });
  });

  it("retries a batch until it is discarded, then continues", async () => {
    const answer = "if (event.Records[0].dynamodb.Keys.id.S === 'bad') throw new Error('no')";
    const { put } = await connect("retried", answer, { MaximumRetryAttempts: 1, BatchSize: 1 });
    await put("bad");
    await put("good");
    await expect.poll(() => idsOf("retried")).toEqual(["bad", "bad", "good"]);
  });

  it("continues after the first failure that the function reports", async () => {
    const answer = `const bad = event.Records.findIndex((r) => r.dynamodb.Keys.id.S === "c");
      if (bad >= 0 && calls < 3) return { batchItemFailures: [{ itemIdentifier: event.Records[bad].dynamodb.SequenceNumber }] }`;
    const { put } = await connect("partial", answer, {
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      MaximumBatchingWindowInSeconds: 1,
    });
    await Promise.all(["a", "b"].map(put));
    await put("c");
    await put("d");
    await expect.poll(async () => (await idsOf("partial")).length).toBe(3);
    const [, second, third] = await idsOf("partial");
    expect([second, third]).toEqual(["c,d", "c,d"]);
  });

  it("halves a batch that fails when configured to", async () => {
    const answer = "if (event.Records.some((r) => r.dynamodb.Keys.id.S === 'bad')) throw new Error('no')";
    const { put } = await connect("halved", answer, {
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 2,
      MaximumBatchingWindowInSeconds: 1,
    });
    for (const id of ["a", "b", "bad", "d"]) await put(id);
    await expect.poll(async () => (await idsOf("halved")).includes("d")).toBe(true);
    expect(await idsOf("halved")).toContain("a,b");
  });

  it("is aggregated in tumbling windows", async () => {
    const answer = "return { state: { count: (event.state.count ?? 0) + event.Records.length } };";
    const { put } = await connect("windowed", answer, { TumblingWindowInSeconds: 900, BatchSize: 1 });
    await put("a");
    await put("b");
    await expect.poll(async () => (await idsOf("windowed")).length).toBe(2);
    await fixture.cloud.clock.advance(900_000);
    const events = async () =>
      (await eventsOf("windowed")) as (Event & { state: object; isFinalInvokeForWindow: boolean })[];
    await expect
      .poll(async () => (await events()).at(-1))
      .toMatchObject({ Records: [], state: { count: 2 }, isFinalInvokeForWindow: true });
  });

  it("lets through what its filters match", async () => {
    const Pattern = JSON.stringify({ dynamodb: { Keys: { id: { S: [{ prefix: "yes" }] } } } });
    const { put } = await connect("filtered", "", { FilterCriteria: { Filters: [{ Pattern }] }, BatchSize: 1 });
    for (const id of ["no-1", "yes-1", "no-2", "yes-2"]) await put(id);
    await expect.poll(() => idsOf("filtered")).toEqual(["yes-1", "yes-2"]);
  });

  it("pauses while its mapping is disabled, and continues where it was", async () => {
    const { mapping, put } = await connect("resting", "", { BatchSize: 1 });
    const set = (Enabled: boolean) =>
      fixture.lambda.send(new UpdateEventSourceMappingCommand({ UUID: mapping.UUID, Enabled }));
    await put("a");
    await expect.poll(() => idsOf("resting")).toEqual(["a"]);
    await expect.poll(async () => (await set(false)).State).toBe("Disabling");
    await put("b");
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await idsOf("resting")).toEqual(["a"]);
    expect((await set(true)).State).toBe("Enabling");
    await expect.poll(() => idsOf("resting")).toEqual(["a", "b"]);
  });

  it("is listed, and gone after its deletion", async () => {
    const { mapping } = await connect("deleted", "");
    const list = () => fixture.lambda.send(new ListEventSourceMappingsCommand({ FunctionName: "deleted" }));
    expect((await list()).EventSourceMappings).toHaveLength(1);
    const gone = await fixture.lambda.send(new DeleteEventSourceMappingCommand({ UUID: mapping.UUID }));
    expect(gone.State).toBe("Deleting");
    expect((await list()).EventSourceMappings).toEqual([]);
  });

  it("fails to be mapped twice to a function", async () => {
    const { mapping, stream, name } = await connect("twice", "");
    const again = new CreateEventSourceMappingCommand({
      FunctionName: name,
      EventSourceArn: stream,
      StartingPosition: "LATEST",
    });
    await expect(fixture.lambda.send(again)).rejects.toMatchObject({
      name: "ResourceConflictException",
      message: `The event source arn (" ${stream} ") and function (" twice ") provided mapping already exists. Please update or delete the existing mapping with UUID ${mapping.UUID}`,
    });
  });

  const missing = "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2025-02-22T03:03:25.490";
  it.each<[string, Partial<CreateEventSourceMappingCommandInput>, string, RegExp]>([
    ["the stream is missing", { EventSourceArn: missing }, "InvalidParameterValueException", /^Stream not found: arn/],
    [
      "it does not say where to begin",
      { StartingPosition: undefined },
      "InvalidParameterValueException",
      /^1 validation error detected: Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.$/,
    ],
    [
      "its filter is not a pattern",
      { FilterCriteria: { Filters: [{ Pattern: '{"a":"b"}' }] } },
      "InvalidParameterValueException",
      /^Invalid filter pattern definition.$/,
    ],
    [
      "the source is not supported",
      { EventSourceArn: "arn:aws:mq:us-east-1:000000000000:broker:queue" },
      "NotImplemented",
      /does not support mq as an event source/,
    ],
  ])("fails when %s", async (_case, input, name, message) => {
    const command = new CreateEventSourceMappingCommand({
      FunctionName: "ordered",
      EventSourceArn: missing,
      StartingPosition: "LATEST",
      ...input,
    });
    await expect(fixture.lambda.send(command)).rejects.toMatchObject({
      name,
      message: expect.stringMatching(message) as string,
    });
  });
});
