import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  type TransactWriteItem,
} from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { createSimpleTable } from "./simple-table.ts";

let cloud: TestCloud;
let client: DynamoDBClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(DynamoDBClient);
  await createSimpleTable(client, "accounts");
});
afterAll(() => cloud.stop());
beforeEach(async () => {
  for (const [pk, balance] of [
    ["ada", "100"],
    ["bob", "0"],
  ] as const)
    await client.send(new PutItemCommand({ TableName: "accounts", Item: { pk: { S: pk }, balance: { N: balance } } }));
});

const key = (pk: string) => ({ pk: { S: pk } });
const balance = async (pk: string) =>
  (await client.send(new GetItemCommand({ TableName: "accounts", Key: key(pk) }))).Item?.["balance"]?.N;
const transact = (TransactItems: TransactWriteItem[], ClientRequestToken?: string) =>
  client.send(new TransactWriteItemsCommand({ TransactItems, ClientRequestToken }));
const add = (pk: string, amount: string): TransactWriteItem => ({
  Update: {
    TableName: "accounts",
    Key: key(pk),
    UpdateExpression: "ADD balance :amount",
    ConditionExpression: "balance >= :least",
    ExpressionAttributeValues: {
      ":amount": { N: amount },
      ":least": { N: amount.startsWith("-") ? amount.slice(1) : "0" },
    },
    ReturnValuesOnConditionCheckFailure: "ALL_OLD",
  },
});

describe("a transaction of writes", () => {
  test("does all of it", async () => {
    await transact([
      add("ada", "-40"),
      add("bob", "40"),
      { Put: { TableName: "accounts", Item: { pk: { S: "log-1" } } } },
    ]);
    expect([await balance("ada"), await balance("bob")]).toEqual(["60", "40"]);
    await transact([{ Delete: { TableName: "accounts", Key: key("log-1") } }]);
  });

  test("does nothing when a condition is not met, and says which with the item before it", async () => {
    const refused = transact([
      add("bob", "500"),
      add("ada", "-500"),
      { ConditionCheck: { TableName: "accounts", Key: key("nobody"), ConditionExpression: "attribute_exists(pk)" } },
    ]);
    await expect(refused).rejects.toMatchObject({
      name: "TransactionCanceledException",
      message:
        "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]",
      CancellationReasons: [
        { Code: "None" },
        {
          Code: "ConditionalCheckFailed",
          Message: "The conditional request failed",
          Item: { pk: { S: "ada" }, balance: { N: "100" } },
        },
        { Code: "ConditionalCheckFailed", Message: "The conditional request failed" },
      ],
    });
    expect([await balance("ada"), await balance("bob")]).toEqual(["100", "0"]);
  });

  test("is done once under one token, in any order of its members", async () => {
    await transact([add("bob", "5")], "token-1");
    await transact([add("bob", "5")], "token-1");
    expect(await balance("bob")).toBe("5");
    await expect(transact([add("bob", "6")], "token-1")).rejects.toMatchObject({
      name: "IdempotentParameterMismatchException",
    });
    await cloud.clock.advance(11 * 60_000);
    await transact([add("bob", "5")], "token-1");
    expect(await balance("bob")).toBe("10");
  });

  test("costs two units an item", async () => {
    const { ConsumedCapacity } = await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [add("ada", "1"), add("bob", "1")],
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(ConsumedCapacity).toEqual([{ TableName: "accounts", CapacityUnits: 4, WriteCapacityUnits: 4 }]);
  });

  test.each<[string, TransactWriteItem[], object]>([
    [
      "it is empty",
      [],
      {
        message:
          "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      },
    ],
    [
      "it does two things to one item",
      [add("ada", "1"), { Delete: { TableName: "accounts", Key: key("ada") } }],
      { message: "Transaction request cannot include multiple operations on one item" },
    ],
    [
      "a table is not there",
      [{ Delete: { TableName: "nowhere", Key: key("ada") } }],
      { name: "ResourceNotFoundException", message: "Requested resource not found" },
    ],
    [
      "a key is of the wrong type",
      [{ Put: { TableName: "accounts", Item: { pk: { N: "5" } } } }],
      {
        name: "TransactionCanceledException",
        CancellationReasons: [
          {
            Code: "ValidationError",
            Message: "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N",
          },
        ],
      },
    ],
    [
      "a key is empty",
      [{ Put: { TableName: "accounts", Item: { pk: { S: "" } } } }],
      {
        name: "ValidationException",
        message:
          "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
      },
    ],
  ])("fails when %s", async (_reason, items, refusal) => {
    await expect(transact(items)).rejects.toMatchObject(refusal);
  });
});

describe("a transaction of reads", () => {
  test("gives an answer for each read, in order", async () => {
    const { Responses } = await client.send(
      new TransactGetItemsCommand({
        TransactItems: [
          { Get: { TableName: "accounts", Key: key("bob"), ProjectionExpression: "balance" } },
          { Get: { TableName: "accounts", Key: key("nobody") } },
          { Get: { TableName: "accounts", Key: key("ada") } },
        ],
      }),
    );
    expect(Responses).toEqual([
      { Item: { balance: { N: "0" } } },
      {},
      { Item: { pk: { S: "ada" }, balance: { N: "100" } } },
    ]);
  });
});

describe("a batch", () => {
  test("puts, deletes and gets", async () => {
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          accounts: [
            { PutRequest: { Item: { pk: { S: "cleo" }, balance: { N: "7" } } } },
            { DeleteRequest: { Key: key("bob") } },
          ],
        },
      }),
    );
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({
        RequestItems: { accounts: { Keys: [key("cleo"), key("bob"), key("ada")], ProjectionExpression: "balance" } },
      }),
    );
    expect(Responses).toEqual({ accounts: [{ balance: { N: "7" } }, { balance: { N: "100" } }] });
    expect(UnprocessedKeys).toEqual({});
  });

  test("hands back the keys that do not fit into 16 megabytes", async () => {
    const keys = Array.from({ length: 50 }, (_, at) => key(`large-${at}`));
    for (const Key of keys)
      await client.send(
        new PutItemCommand({ TableName: "accounts", Item: { ...Key, text: { S: "x".repeat(390_000) } } }),
      );
    const { Responses, UnprocessedKeys } = await client.send(
      new BatchGetItemCommand({ RequestItems: { accounts: { Keys: keys } } }),
    );
    expect(Responses!["accounts"]).toHaveLength(43);
    expect(UnprocessedKeys!["accounts"]!.Keys).toHaveLength(7);
  });

  test.each([
    [{}, "The requestItems parameter is required for BatchWriteItem"],
    [
      { accounts: [{ PutRequest: { Item: key("x") } }, { DeleteRequest: { Key: key("x") } }] },
      "Provided list of item keys contains duplicates",
    ],
    [
      { accounts: [{ PutRequest: { Item: { pk: { N: "5" } } } }] },
      "The provided key element does not match the schema",
    ],
  ])("fails when it writes %j", async (RequestItems, message) => {
    await expect(client.send(new BatchWriteItemCommand({ RequestItems }))).rejects.toMatchObject({
      name: "ValidationException",
      message,
    });
  });

  test("fails when it writes more than 25 items", async () => {
    const accounts = Array.from({ length: 26 }, (_, at) => ({ PutRequest: { Item: key(`many-${at}`) } }));
    await expect(client.send(new BatchWriteItemCommand({ RequestItems: { accounts } }))).rejects.toThrow(
      "at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]",
    );
  });
});
