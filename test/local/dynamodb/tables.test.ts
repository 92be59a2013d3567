import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  GetItemCommand,
  GetResourcePolicyCommand,
  ListTablesCommand,
  ListTagsOfResourceCommand,
  PutItemCommand,
  PutResourcePolicyCommand,
  QueryCommand,
  ScanCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableNotExists,
  type CreateTableCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { createSimpleTable } from "./simple-table.ts";

let cloud: TestCloud;
let client: DynamoDBClient;

beforeEach(async () => {
  cloud = await startTestCloud();
  client = cloud.client(DynamoDBClient);
});
afterEach(() => cloud.stop());

describe("a table", () => {
  test("is described as AWS describes one", async () => {
    const { TableDescription } = await client.send(
      new CreateTableCommand({
        TableName: "plain",
        AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
        KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
        ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      }),
    );
    const description = {
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      CreationDateTime: expect.any(Date),
      DeletionProtectionEnabled: false,
      ItemCount: 0,
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 5, WriteCapacityUnits: 5 },
      TableArn: "arn:aws:dynamodb:us-east-1:000000000000:table/plain",
      TableId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      TableName: "plain",
      TableSizeBytes: 0,
    };
    expect(TableDescription).toEqual({ ...description, TableStatus: "CREATING" });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "plain" }));
    expect(Table).toEqual({
      ...description,
      TableStatus: "ACTIVE",
      WarmThroughput: { ReadUnitsPerSecond: 5, Status: "ACTIVE", WriteUnitsPerSecond: 5 },
    });
  });

  test("counts its items and their bytes", async () => {
    await createSimpleTable(client, "counted");
    await client.send(new PutItemCommand({ TableName: "counted", Item: { pk: { S: "a" }, n: { N: "12" } } }));
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "counted" }));
    expect(Table).toMatchObject({ ItemCount: 1, TableSizeBytes: 3 + 3 });
  });

  test("is deleted with its items, and its name can be used again", async () => {
    await createSimpleTable(client, "gone");
    await client.send(new PutItemCommand({ TableName: "gone", Item: { pk: { S: "a" } } }));
    const { TableDescription } = await client.send(new DeleteTableCommand({ TableName: "gone" }));
    expect(TableDescription).toMatchObject({ TableStatus: "DELETING", ItemCount: 1 });
    expect(TableDescription).not.toHaveProperty("KeySchema");
    await waitUntilTableNotExists({ client, maxWaitTime: 30 }, { TableName: "gone" });
    await createSimpleTable(client, "gone");
    const { Count } = await client.send(new ScanCommand({ TableName: "gone" }));
    expect(Count).toBe(0);
  });

  test("can be named by its ARN", async () => {
    const { TableArn } = await createSimpleTable(client, "named");
    await client.send(new PutItemCommand({ TableName: TableArn, Item: { pk: { S: "a" } } }));
    const { Item } = await client.send(new GetItemCommand({ TableName: "named", Key: { pk: { S: "a" } } }));
    expect(Item).toEqual({ pk: { S: "a" } });
  });

  test("of one region is not of another", async () => {
    await createSimpleTable(client, "here");
    const elsewhere = cloud.client(DynamoDBClient, { region: "eu-west-1" });
    expect((await elsewhere.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    expect((await client.send(new ListTablesCommand({}))).TableNames).toEqual(["here"]);
  });

  test("is listed page by page, by name", async () => {
    for (const name of ["ccc", "aaa", "bbb"]) await createSimpleTable(client, name);
    const first = await client.send(new ListTablesCommand({ Limit: 2 }));
    expect(first).toMatchObject({ TableNames: ["aaa", "bbb"], LastEvaluatedTableName: "bbb" });
    const second = await client.send(new ListTablesCommand({ ExclusiveStartTableName: first.LastEvaluatedTableName }));
    expect(second.TableNames).toEqual(["ccc"]);
    expect(second.LastEvaluatedTableName).toBeUndefined();
  });

  test("that is protected fails to be deleted", async () => {
    await createSimpleTable(client, "kept", { DeletionProtectionEnabled: true });
    await expect(client.send(new DeleteTableCommand({ TableName: "kept" }))).rejects.toThrow(
      "Resource cannot be deleted as it is currently protected against deletion.",
    );
  });
});

describe("CreateTable fails when", () => {
  const valid: CreateTableCommandInput = {
    TableName: "valid",
    AttributeDefinitions: [
      { AttributeName: "pk", AttributeType: "S" },
      { AttributeName: "sk", AttributeType: "S" },
    ],
    KeySchema: [
      { AttributeName: "pk", KeyType: "HASH" },
      { AttributeName: "sk", KeyType: "RANGE" },
    ],
    BillingMode: "PAY_PER_REQUEST",
  };
  const index = {
    KeySchema: [{ AttributeName: "sk", KeyType: "HASH" as const }],
    Projection: { ProjectionType: "ALL" as const },
  };

  test.each<[string, Partial<CreateTableCommandInput>, string]>([
    [
      "there is no name",
      { TableName: undefined },
      "The parameter 'TableName' is required but was not present in the request",
    ],
    [
      "the name is too short",
      { TableName: "ab" },
      "1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
    [
      "throughput comes with on-demand billing",
      { ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 } },
      "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    ],
    [
      "throughput is missing",
      { BillingMode: "PROVISIONED" },
      "One or more parameter values were invalid: ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED",
    ],
    [
      "a key type is unknown",
      { KeySchema: [{ AttributeName: "pk", KeyType: "NOPE" as "HASH" }] },
      "1 validation error detected: Value 'NOPE' at 'keySchema.1.member.keyType' failed to satisfy constraint: Member must satisfy enum value set: [HASH, RANGE]",
    ],
    [
      "an attribute is defined that no key uses",
      { KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }] },
      "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions",
    ],
    [
      "a key's attribute is not defined",
      {
        KeySchema: [
          { AttributeName: "pk", KeyType: "HASH" },
          { AttributeName: "zz", KeyType: "RANGE" },
        ],
      },
      "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. Keys: [pk, zz], AttributeDefinitions: [pk, sk]",
    ],
    [
      "two indexes have one name",
      {
        GlobalSecondaryIndexes: [
          { IndexName: "same", ...index },
          { IndexName: "same", ...index },
        ],
      },
      "One or more parameter values were invalid: Duplicate index name: same",
    ],
    [
      "a projection names attributes and takes all",
      {
        GlobalSecondaryIndexes: [
          { IndexName: "one", ...index, Projection: { ProjectionType: "ALL", NonKeyAttributes: ["x"] } },
        ],
      },
      "One or more parameter values were invalid: ProjectionType is ALL, but NonKeyAttributes is specified",
    ],
  ])("%s", async (_reason, change, message) => {
    await expect(client.send(new CreateTableCommand({ ...valid, ...change }))).rejects.toMatchObject({
      name: "ValidationException",
      message,
    });
  });

  test("there is a table of that name", async () => {
    await createSimpleTable(client, "taken");
    await expect(createSimpleTable(client, "taken")).rejects.toMatchObject({
      name: "ResourceInUseException",
      message: "Table already exists: taken",
    });
  });
});

describe("UpdateTable", () => {
  test("builds an index from the items that there are, and takes it down again", async () => {
    await createSimpleTable(client, "grown");
    for (const [pk, owner] of [
      ["1", "ada"],
      ["2", "bob"],
      ["3", "ada"],
    ] as const)
      await client.send(new PutItemCommand({ TableName: "grown", Item: { pk: { S: pk }, owner: { S: owner } } }));
    const { TableDescription } = await client.send(
      new UpdateTableCommand({
        TableName: "grown",
        AttributeDefinitions: [{ AttributeName: "owner", AttributeType: "S" }],
        GlobalSecondaryIndexUpdates: [
          {
            Create: {
              IndexName: "by-owner",
              KeySchema: [{ AttributeName: "owner", KeyType: "HASH" }],
              Projection: { ProjectionType: "ALL" },
            },
          },
        ],
      }),
    );
    expect(TableDescription).toMatchObject({
      TableStatus: "UPDATING",
      GlobalSecondaryIndexes: [{ IndexName: "by-owner", IndexStatus: "CREATING", Backfilling: true }],
    });
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "grown" }));
    expect(Table).toMatchObject({
      TableStatus: "ACTIVE",
      GlobalSecondaryIndexes: [{ IndexName: "by-owner", IndexStatus: "ACTIVE", ItemCount: 3 }],
    });
    const { Items } = await client.send(
      new QueryCommand({
        TableName: "grown",
        IndexName: "by-owner",
        KeyConditionExpression: "#o = :ada",
        ExpressionAttributeNames: { "#o": "owner" },
        ExpressionAttributeValues: { ":ada": { S: "ada" } },
      }),
    );
    expect(Items!.map((item) => item["pk"]!.S!).sort()).toEqual(["1", "3"]);

    await client.send(
      new UpdateTableCommand({
        TableName: "grown",
        GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: "by-owner" } }],
      }),
    );
    const after = await client.send(new DescribeTableCommand({ TableName: "grown" }));
    expect(after.Table).not.toHaveProperty("GlobalSecondaryIndexes");
    expect(after.Table!.AttributeDefinitions).toEqual([{ AttributeName: "pk", AttributeType: "S" }]);
  });

  test("changes billing, class and protection", async () => {
    await createSimpleTable(client, "changed");
    await client.send(
      new UpdateTableCommand({
        TableName: "changed",
        BillingMode: "PROVISIONED",
        ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 2 },
        TableClass: "STANDARD_INFREQUENT_ACCESS",
        DeletionProtectionEnabled: true,
      }),
    );
    const { Table } = await client.send(new DescribeTableCommand({ TableName: "changed" }));
    expect(Table).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 2 },
      TableClassSummary: { TableClass: "STANDARD_INFREQUENT_ACCESS" },
      DeletionProtectionEnabled: true,
    });
    await expect(
      client.send(
        new UpdateTableCommand({
          TableName: "changed",
          ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 2 },
        }),
      ),
    ).rejects.toThrow("The provisioned throughput for the table will not change.");
  });

  test("fails while the table is still being changed", async () => {
    await createSimpleTable(client, "changing");
    cloud.clock.setSpeed(0.001); // so that a change takes seconds
    const update = () => client.send(new UpdateTableCommand({ TableName: "changing", TableClass: "STANDARD" }));
    await update();
    await expect(update()).rejects.toMatchObject({
      name: "ResourceInUseException",
      message: "Attempt to change a resource which is still in use: Table is being updated: changing",
    });
  });
});

describe("a table's settings", () => {
  test("tags come, change and go", async () => {
    const { TableArn: ResourceArn } = await createSimpleTable(client, "tagged", { Tags: [{ Key: "a", Value: "1" }] });
    await client.send(
      new TagResourceCommand({
        ResourceArn,
        Tags: [
          { Key: "a", Value: "2" },
          { Key: "b", Value: "3" },
        ],
      }),
    );
    const list = async () => (await client.send(new ListTagsOfResourceCommand({ ResourceArn }))).Tags;
    expect(await list()).toEqual([
      { Key: "a", Value: "2" },
      { Key: "b", Value: "3" },
    ]);
    await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a"] }));
    expect(await list()).toEqual([{ Key: "b", Value: "3" }]);
  });

  test("point-in-time recovery is kept", async () => {
    await createSimpleTable(client, "backed-up");
    const status = async () =>
      (await client.send(new DescribeContinuousBackupsCommand({ TableName: "backed-up" })))
        .ContinuousBackupsDescription!.PointInTimeRecoveryDescription!;
    expect(await status()).toEqual({ PointInTimeRecoveryStatus: "DISABLED" });
    await client.send(
      new UpdateContinuousBackupsCommand({
        TableName: "backed-up",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      }),
    );
    expect(await status()).toMatchObject({ PointInTimeRecoveryStatus: "ENABLED", RecoveryPeriodInDays: 35 });
  });

  test("a resource policy is kept with its revision", async () => {
    const { TableArn: ResourceArn } = await createSimpleTable(client, "guarded");
    const missing = client.send(new GetResourcePolicyCommand({ ResourceArn }));
    await expect(missing).rejects.toMatchObject({ name: "PolicyNotFoundException" });
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [] });
    const { RevisionId } = await client.send(new PutResourcePolicyCommand({ ResourceArn, Policy }));
    expect(await client.send(new GetResourcePolicyCommand({ ResourceArn }))).toMatchObject({ Policy, RevisionId });
  });
});

describe("time to live", () => {
  test("removes an item after its time, and not before the next sweep", async () => {
    await createSimpleTable(client, "mortal");
    const nowS = Math.floor(cloud.clock.now() / 1000);
    const put = (pk: string, ends: object) =>
      client.send(new PutItemCommand({ TableName: "mortal", Item: { pk: { S: pk }, ends: ends as { N: string } } }));
    await put("early", { N: String(nowS - 1) });
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: "mortal",
        TimeToLiveSpecification: { Enabled: true, AttributeName: "ends" },
      }),
    );
    await put("soon", { N: String(nowS + 90) });
    await put("late", { N: String(nowS + 1000) });
    await put("text", { S: String(nowS - 1) });
    await put("long ago", { N: String(nowS - 6 * 365 * 24 * 60 * 60) });
    const left = async () => {
      const { Items } = await client.send(new ScanCommand({ TableName: "mortal" }));
      return Items!.map((item) => item["pk"]!.S!).sort();
    };
    expect(await left()).toEqual(["early", "late", "long ago", "soon", "text"]);
    await cloud.clock.advance(61_000);
    expect(await left()).toEqual(["late", "long ago", "soon", "text"]);
    await cloud.clock.advance(61_000);
    expect(await left()).toEqual(["late", "long ago", "text"]);
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: "mortal" }));
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: "ENABLED", AttributeName: "ends" });
  });

  test("fails to be switched on twice", async () => {
    await createSimpleTable(client, "mortal");
    const enable = () =>
      client.send(
        new UpdateTimeToLiveCommand({
          TableName: "mortal",
          TimeToLiveSpecification: { Enabled: true, AttributeName: "ends" },
        }),
      );
    await enable();
    await expect(enable()).rejects.toThrow("TimeToLive is already enabled");
  });
});

test("since when a table is on demand shows once it is made, and how warm it is in an update", async () => {
  const TableName = "on-demand";
  const made = await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [{ AttributeName: "id", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "id", KeyType: "HASH" }],
    }),
  );
  expect(made.TableDescription?.BillingModeSummary).toEqual({ BillingMode: "PAY_PER_REQUEST" });
  const { Table } = await client.send(new DescribeTableCommand({ TableName }));
  expect(Table?.BillingModeSummary?.LastUpdateToPayPerRequestDateTime).toBeInstanceOf(Date);
  const updated = await client.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
  expect(updated.TableDescription?.WarmThroughput).toEqual({
    ReadUnitsPerSecond: 12_000,
    WriteUnitsPerSecond: 4_000,
    Status: "ACTIVE",
  });
});
