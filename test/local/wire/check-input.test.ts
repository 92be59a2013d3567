import * as dynamodb from "@aws-sdk/client-dynamodb";
import * as kinesis from "@aws-sdk/client-kinesis";
import * as lambda from "@aws-sdk/client-lambda";
import { describe, expect, test } from "vitest";
import { checkInput, unreadable } from "../../../lib/local/wire/check-input.ts";
import { AwsError } from "../../../lib/local/aws-error.ts";
import { readServiceModel, type OperationModel } from "../../../lib/local/wire/service-model.ts";

const batchGet = input(dynamodb, "BatchGetItem");
const putRecord = input(kinesis, "PutRecord");
const createAlias = input(lambda, "CreateAlias");

function input(client: object, operation: string): OperationModel {
  const found = readServiceModel(client).operations.get(operation);
  if (found === undefined) throw new Error(`no operation ${operation}`);
  return found;
}

function refusal(check: () => void): unknown {
  try {
    check();
  } catch (error) {
    return error instanceof AwsError ? `${error.code}: ${error.message}` : error;
  }
  return undefined;
}

describe("checkInput", () => {
  test("accepts what the schema says", () => {
    const record = { StreamName: "s", Data: new Uint8Array(1), PartitionKey: "p" };
    expect(refusal(() => checkInput(putRecord, record, "awsJson1_1"))).toBeUndefined();
  });

  test("names every required member that is missing", () => {
    expect(refusal(() => checkInput(createAlias, { FunctionName: "f" }, "restJson1"))).toBe(
      "ValidationException: 2 validation errors detected: Value null at 'name' failed to satisfy constraint: " +
        "Member must not be null; Value null at 'functionVersion' failed to satisfy constraint: Member must not be null",
    );
  });

  test("looks into lists and maps", () => {
    const request = { RequestItems: { orders: { Keys: [null] }, users: {} } };
    expect(refusal(() => checkInput(batchGet, request, "awsJson1_0"))).toBe(
      "ValidationException: 2 validation errors detected: Value null at 'requestItems.orders.member.keys.1.member' " +
        "failed to satisfy constraint: Member must not be null; Value null at 'requestItems.users.member.keys' failed " +
        "to satisfy constraint: Member must not be null",
    );
  });

  test.each([
    [{ StreamName: 1 }, "A value of type number cannot be converted to String"],
    [{ StreamName: ["s"] }, "A value of type list cannot be converted to String"],
    [{ Data: "text" }, "A value of type string cannot be converted to Blob"],
    [null, "A value of type null cannot be converted to Structure"],
  ])("refuses %j, which clients of CBOR can send", (given, message) => {
    expect(refusal(() => checkInput(putRecord, given, "awsCbor1_1"))).toBe(`SerializationException: ${message}`);
  });

  test("answers in the words of Query and of S3", () => {
    expect(refusal(() => checkInput(createAlias, {}, "awsQuery"))).toMatch(/^ValidationError: 3 validation errors/);
    expect(refusal(() => checkInput(createAlias, {}, "restXml"))).toMatch(/^MalformedXML: The XML you provided/);
  });
});

test("calls what a decoder throws malformed, and keeps a refusal", () => {
  const cause = new TypeError("Incorrect padding on base64 string.");
  expect(unreadable(cause, "awsJson1_0")).toMatchObject({ code: "SerializationException", cause });
  expect(unreadable(cause, "awsQuery")).toMatchObject({ code: "MalformedInput", message: cause.message });
  const own = new AwsError("Throttling", "slow down");
  expect(unreadable(own, "awsJson1_0")).toBe(own);
});
