import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  type AttributeValue,
  type QueryCommandInput,
  type ScanCommandInput,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let client: DynamoDBClient;
type Key = Record<string, AttributeValue>;

const GROUPS = ["x", "y", "z"];
const ITEMS = Array.from({ length: 60 }, (_, at) => ({
  pk: { S: `p${at % 4}` },
  sk: { S: String(at).padStart(3, "0") },
  group: { S: GROUPS[at % 3]! },
  rank: { N: String((at * 7) % 11) },
  note: { S: `note ${at}` },
}));

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(DynamoDBClient);
  await client.send(
    new CreateTableCommand({
      TableName: "things",
      AttributeDefinitions: [
        { AttributeName: "pk", AttributeType: "S" },
        { AttributeName: "sk", AttributeType: "S" },
        { AttributeName: "group", AttributeType: "S" },
        { AttributeName: "rank", AttributeType: "N" },
      ],
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-group",
          KeySchema: [
            { AttributeName: "group", KeyType: "HASH" },
            { AttributeName: "rank", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: "by-rank",
          KeySchema: [
            { AttributeName: "pk", KeyType: "HASH" },
            { AttributeName: "rank", KeyType: "RANGE" },
          ],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await client.send(new DescribeTableCommand({ TableName: "things" }));
  for (let at = 0; at < ITEMS.length; at += 25)
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: { things: ITEMS.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
});
afterAll(() => cloud.stop());

const query = (input: Partial<QueryCommandInput>) => client.send(new QueryCommand({ TableName: "things", ...input }));
const scan = (input: Partial<ScanCommandInput>) => client.send(new ScanCommand({ TableName: "things", ...input }));

/** All items, page by page. */
async function drain(
  read: (ExclusiveStartKey: Key | undefined) => Promise<{ Items?: Key[]; LastEvaluatedKey?: Key }>,
): Promise<Key[]> {
  const items: Key[] = [];
  let start: Key | undefined;
  do {
    const page = await read(start);
    items.push(...page.Items!);
    start = page.LastEvaluatedKey;
  } while (start);
  return items;
}

const ofGroup = {
  IndexName: "by-group",
  KeyConditionExpression: "#g = :g",
  ExpressionAttributeNames: { "#g": "group" },
};

describe("pages", () => {
  test.each([1, 3, 7])("of %i through an index with equal keys lose and repeat nothing", async (Limit) => {
    for (const ScanIndexForward of [true, false]) {
      const found = await drain((ExclusiveStartKey) =>
        query({
          ...ofGroup,
          ExpressionAttributeValues: { ":g": { S: "x" } },
          ScanIndexForward,
          Limit,
          ExclusiveStartKey,
        }),
      );
      const ranks = found.map((item) => Number(item["rank"]!.N));
      expect(ranks).toEqual(ranks.toSorted((a, b) => (ScanIndexForward ? a - b : b - a)));
      expect(new Set(found.map((item) => item["sk"]!.S)).size).toBe(20);
      expect(Object.keys(found[0]!).sort()).toEqual(["group", "pk", "rank", "sk"]);
    }
  });

  test.each([undefined, "by-group", "by-rank"])(
    "through a whole scan of %s lose nothing, in segments or not",
    async (IndexName) => {
      const whole = await drain((ExclusiveStartKey) => scan({ IndexName, Limit: 7, ExclusiveStartKey }));
      expect(new Set(whole.map((item) => item["sk"]!.S)).size).toBe(ITEMS.length);
      const parts = await Promise.all(
        [0, 1, 2, 3].map((Segment) =>
          drain((ExclusiveStartKey) => scan({ IndexName, Limit: 3, Segment, TotalSegments: 4, ExclusiveStartKey })),
        ),
      );
      expect(parts.flat()).toEqual(whole);
    },
  );

  test("within bounds continue within them", async () => {
    const found = await drain((ExclusiveStartKey) =>
      query({
        KeyConditionExpression: "pk = :p AND sk BETWEEN :a AND :b",
        ExpressionAttributeValues: { ":p": { S: "p1" }, ":a": { S: "010" }, ":b": { S: "030" } },
        Limit: 2,
        ScanIndexForward: false,
        ExclusiveStartKey,
      }),
    );
    expect(found.map((item) => item["sk"]!.S)).toEqual(["029", "025", "021", "017", "013"]);
  });

  test("end at a megabyte, counted before the filter", async () => {
    for (let at = 0; at < 5; at++)
      await client.send(
        new PutItemCommand({
          TableName: "things",
          Item: { pk: { S: "large" }, sk: { S: String(at) }, text: { S: "x".repeat(300_000) } },
        }),
      );
    const page = await query({
      KeyConditionExpression: "pk = :p",
      FilterExpression: "attribute_not_exists(#t)",
      ExpressionAttributeNames: { "#t": "text" },
      ExpressionAttributeValues: { ":p": { S: "large" } },
      ReturnConsumedCapacity: "TOTAL",
    });
    expect(page).toMatchObject({
      Count: 0,
      ScannedCount: 4,
      LastEvaluatedKey: { pk: { S: "large" }, sk: { S: "3" } },
      ConsumedCapacity: { TableName: "things", CapacityUnits: 146.5 },
    });
  });
});

describe("what is read", () => {
  test("from a local index is fetched from the table when more is wanted than it holds", async () => {
    const read = (extra: object) =>
      query({
        IndexName: "by-rank",
        KeyConditionExpression: "pk = :p AND #r = :r",
        ExpressionAttributeNames: { "#r": "rank" },
        ExpressionAttributeValues: { ":p": { S: "p0" }, ":r": { N: "0" } },
        ReturnConsumedCapacity: "INDEXES",
        ...extra,
      });
    const projected = await read({});
    expect(Object.keys(projected.Items![0]!).sort()).toEqual(["pk", "rank", "sk"]);
    expect(projected.ConsumedCapacity!.Table!.CapacityUnits).toBe(0);
    const whole = await read({ Select: "ALL_ATTRIBUTES" });
    expect(whole.Items![0]!["note"]).toBeDefined();
    expect(whole.ConsumedCapacity).toMatchObject({
      Table: { CapacityUnits: 0.5 },
      LocalSecondaryIndexes: { "by-rank": { CapacityUnits: 0.5 } },
    });
  });

  test("is counted only, when asked", async () => {
    const { Items, Count, ScannedCount } = await query({
      KeyConditionExpression: "pk = :p",
      FilterExpression: "#g = :g",
      ExpressionAttributeNames: { "#g": "group" },
      ExpressionAttributeValues: { ":p": { S: "p1" }, ":g": { S: "x" } },
      Select: "COUNT",
    });
    expect({ Items, Count, ScannedCount }).toEqual({ Items: undefined, Count: 5, ScannedCount: 15 });
  });

  test("costs half as much when it need not be the latest", async () => {
    const Key = { pk: { S: "p0" }, sk: { S: "000" } };
    const read = async (ConsistentRead: boolean) =>
      (
        await client.send(
          new GetItemCommand({ TableName: "things", Key, ConsistentRead, ReturnConsumedCapacity: "TOTAL" }),
        )
      ).ConsumedCapacity;
    expect(await read(true)).toEqual({ TableName: "things", CapacityUnits: 1 });
    expect(await read(false)).toEqual({ TableName: "things", CapacityUnits: 0.5 });
  });
});

describe("the parameters from before expressions", () => {
  test("query, filter and choose attributes", async () => {
    const { Items } = await query({
      KeyConditions: {
        pk: { ComparisonOperator: "EQ", AttributeValueList: [{ S: "p2" }] },
        sk: { ComparisonOperator: "BEGINS_WITH", AttributeValueList: [{ S: "01" }] },
      },
      QueryFilter: { group: { ComparisonOperator: "NE", AttributeValueList: [{ S: "y" }] } },
      AttributesToGet: ["sk"],
    });
    expect(Items).toEqual([{ sk: { S: "014" } }, { sk: { S: "018" } }]);
  });

  test("fail beside expressions", async () => {
    await expect(
      scan({
        FilterExpression: "attribute_exists(pk)",
        ScanFilter: { pk: { ComparisonOperator: "NOT_NULL" } },
      }),
    ).rejects.toThrow(
      "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {ScanFilter} Expression parameters: {FilterExpression}",
    );
  });
});

describe("a query fails when", () => {
  const values = { ":p": { S: "p0" }, ":v": { S: "v" }, ":n": { N: "1" } };
  test.each<[string, Partial<QueryCommandInput>, string]>([
    [
      "there is no key condition",
      {},
      "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    ],
    [
      "the partition key is missing",
      { KeyConditionExpression: "sk = :v" },
      "Query condition missed key schema element: pk",
    ],
    [
      "another attribute is named",
      { KeyConditionExpression: "pk = :p AND note = :v" },
      "Query condition missed key schema element: sk",
    ],
    ["the partition key is a range", { KeyConditionExpression: "pk > :p" }, "Query key condition not supported"],
    [
      "a value is of another type",
      { KeyConditionExpression: "pk = :n" },
      "One or more parameter values were invalid: Condition parameter type does not match schema type",
    ],
    [
      "the index is not there",
      { KeyConditionExpression: "pk = :p", IndexName: "nope" },
      "The table does not have the specified index: nope",
    ],
    [
      "a global index is read consistently",
      { IndexName: "by-group", KeyConditionExpression: "#g = :p", ConsistentRead: true },
      "Consistent reads are not supported on global secondary indexes",
    ],
    [
      "a global index lacks what is wanted",
      { IndexName: "by-group", KeyConditionExpression: "#g = :p", Select: "ALL_ATTRIBUTES" },
      "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index by-group because its projection type is not ALL",
    ],
    [
      "the filter names the key",
      { KeyConditionExpression: "pk = :p", FilterExpression: "sk = :v" },
      "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
    ],
    [
      "the limit is zero",
      { KeyConditionExpression: "pk = :p", Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      "all attributes and some are wanted",
      { KeyConditionExpression: "pk = :p", Select: "ALL_ATTRIBUTES", ProjectionExpression: "sk" },
      "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
    ],
    [
      "projected attributes of no index are wanted",
      { KeyConditionExpression: "pk = :p", Select: "ALL_PROJECTED_ATTRIBUTES" },
      "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    ],
    [
      "it starts in another partition",
      { KeyConditionExpression: "pk = :p", ExclusiveStartKey: { pk: { S: "p1" }, sk: { S: "001" } } },
      "The provided starting key is outside query boundaries based on provided conditions",
    ],
    [
      "it starts at half a key",
      { KeyConditionExpression: "pk = :p", ExclusiveStartKey: { pk: { S: "p0" } } },
      "The provided starting key is invalid",
    ],
  ])("%s", async (_reason, input, message) => {
    const text = JSON.stringify(input);
    const used = Object.entries(values).filter(([name]) => text.includes(name));
    await expect(
      query({
        ...input,
        ...(used.length > 0 && { ExpressionAttributeValues: Object.fromEntries(used) }),
        ...(text.includes("#g") && { ExpressionAttributeNames: { "#g": "group" } }),
      }),
    ).rejects.toMatchObject({ name: "ValidationException", message });
  });
});
