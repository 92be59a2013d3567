import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  UpdateItemCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let client: DynamoDBClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(DynamoDBClient);
  await client.send(
    new CreateTableCommand({
      TableName: "orders",
      AttributeDefinitions: [
        { AttributeName: "customer", AttributeType: "S" },
        { AttributeName: "number", AttributeType: "N" },
        { AttributeName: "state", AttributeType: "S" },
      ],
      KeySchema: [
        { AttributeName: "customer", KeyType: "HASH" },
        { AttributeName: "number", KeyType: "RANGE" },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: "by-state",
          KeySchema: [{ AttributeName: "state", KeyType: "HASH" }],
          Projection: { ProjectionType: "KEYS_ONLY" },
        },
      ],
      BillingMode: "PAY_PER_REQUEST",
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 30 }, { TableName: "orders" });
});
afterAll(() => cloud.stop());

describe("items", () => {
  test("an item is returned as it was put, with numbers in plain notation", async () => {
    const Item = {
      customer: { S: "ada" },
      number: { N: "1e1" },
      bytes: { B: new Uint8Array([1, 2, 255]) },
      list: { L: [{ BOOL: false }, { NULL: true }, { M: { deep: { SS: ["x", "y"] } } }] },
    };
    await client.send(new PutItemCommand({ TableName: "orders", Item }));
    const { Item: found } = await client.send(
      new GetItemCommand({ TableName: "orders", Key: { customer: { S: "ada" }, number: { N: "10.0" } } }),
    );
    expect(found).toEqual({ ...Item, number: { N: "10" } });
  });

  test("an update counts, appends and says what is new", async () => {
    const Key = { customer: { S: "bob" }, number: { N: "1" } };
    for (const [count, tag] of [
      ["1", "a"],
      ["2", "b"],
    ] as const) {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName: "orders",
          Key,
          UpdateExpression:
            "SET seen = if_not_exists(seen, :zero) + :one, tags = list_append(if_not_exists(tags, :none), :tag)",
          ExpressionAttributeValues: {
            ":zero": { N: "0" },
            ":one": { N: "1" },
            ":none": { L: [] },
            ":tag": { L: [{ S: tag }] },
          },
          ReturnValues: "UPDATED_NEW",
        }),
      );
      expect(Attributes?.["seen"]).toEqual({ N: count });
    }
    const { Attributes } = await client.send(
      new DeleteItemCommand({ TableName: "orders", Key, ReturnValues: "ALL_OLD" }),
    );
    expect(Attributes).toEqual({ ...Key, seen: { N: "2" }, tags: { L: [{ S: "a" }, { S: "b" }] } });
  });

  test("a query goes through numbers in their order, page by page, both ways", async () => {
    const numbers = ["-100", "-1.5", "-1", "0", "0.5", "2", "10", "1000"];
    for (const N of numbers)
      await client.send(new PutItemCommand({ TableName: "orders", Item: { customer: { S: "cleo" }, number: { N } } }));
    for (const forward of [true, false]) {
      const seen: string[] = [];
      let ExclusiveStartKey: Record<string, never> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName: "orders",
            KeyConditionExpression: "customer = :c",
            ExpressionAttributeValues: { ":c": { S: "cleo" } },
            ScanIndexForward: forward,
            Limit: 3,
            ExclusiveStartKey,
          }),
        );
        seen.push(...page.Items!.map((item) => item["number"]!.N!));
        ExclusiveStartKey = page.LastEvaluatedKey as typeof ExclusiveStartKey;
      } while (ExclusiveStartKey);
      expect(seen).toEqual(forward ? numbers : numbers.toReversed());
    }
  });

  test("an index holds only items that have its key, and only what it projects", async () => {
    await client.send(
      new PutItemCommand({
        TableName: "orders",
        Item: { customer: { S: "dan" }, number: { N: "7" }, state: { S: "open" }, note: { S: "not in the index" } },
      }),
    );
    const { Items } = await client.send(
      new QueryCommand({
        TableName: "orders",
        IndexName: "by-state",
        KeyConditionExpression: "#s = :open",
        ExpressionAttributeNames: { "#s": "state" },
        ExpressionAttributeValues: { ":open": { S: "open" } },
      }),
    );
    expect(Items).toEqual([{ customer: { S: "dan" }, number: { N: "7" }, state: { S: "open" } }]);
  });

  test("a scan in segments sees every item once", async () => {
    const whole = await client.send(new ScanCommand({ TableName: "orders" }));
    const parts = await Promise.all(
      [0, 1, 2].map((Segment) => client.send(new ScanCommand({ TableName: "orders", Segment, TotalSegments: 3 }))),
    );
    expect(parts.flatMap(({ Items }) => Items)).toEqual(whole.Items);
  });

  test("a failed condition gives the item back when asked", async () => {
    const Key = { customer: { S: "dan" }, number: { N: "7" } };
    const refused = client.send(
      new PutItemCommand({
        TableName: "orders",
        Item: Key,
        ConditionExpression: "attribute_not_exists(customer)",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
    await expect(refused).rejects.toMatchObject({
      name: "ConditionalCheckFailedException",
      message: "The conditional request failed",
      Item: { state: { S: "open" } },
    });
  });
});
