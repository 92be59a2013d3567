import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  type LambdaFunctionConfiguration,
  type NotificationConfiguration,
} from "@aws-sdk/client-s3";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startLambda, type LambdaFixture } from "../lambda/lambda-fixture.ts";

let fixture: LambdaFixture;
let s3: S3Client;
let eventsFile: string;
const Bucket = "notifying";
const LambdaFunctionArn = "arn:aws:lambda:us-east-1:000000000000:function:listener";
const CODE = `exports.handler = async (event) =>
  require("node:fs").appendFileSync(process.env.EVENTS, JSON.stringify(event) + "\\n");`;

interface EventRecord {
  readonly eventName: string;
  readonly s3: { readonly object: { readonly key: string } };
}

beforeAll(async () => {
  fixture = await startLambda();
  eventsFile = join(fixture.cloud.stateFolder, "events");
  s3 = fixture.cloud.client(S3Client, { forcePathStyle: true });
  await fixture.make("listener", CODE, { Environment: { Variables: { EVENTS: eventsFile } } });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => fixture.cloud.stop());

const configure = (NotificationConfiguration: NotificationConfiguration, SkipDestinationValidation = false) =>
  s3.send(
    new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration, SkipDestinationValidation }),
  );
const listener = (more: Partial<LambdaFunctionConfiguration> = {}): NotificationConfiguration => ({
  LambdaFunctionConfigurations: [{ LambdaFunctionArn, Events: ["s3:ObjectCreated:*"], ...more }],
});
async function records(): Promise<EventRecord[]> {
  const text = await readFile(eventsFile, "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .flatMap((line) => (JSON.parse(line) as { Records: EventRecord[] }).Records);
}

test("a function receives events only when its policy lets S3 call it", async () => {
  await expect(configure(listener())).rejects.toMatchObject({
    name: "InvalidArgument",
    message: "Unable to validate the following destination configurations",
    ArgumentName1: `${LambdaFunctionArn}, null`,
    ArgumentValue1: `Not authorized to invoke function [${LambdaFunctionArn}]`,
  });
  await fixture.lambda.send(
    new AddPermissionCommand({
      FunctionName: "listener",
      StatementId: "s3",
      Action: "lambda:InvokeFunction",
      Principal: "s3.amazonaws.com",
      SourceArn: `arn:aws:s3:::${Bucket}`,
      SourceAccount: "000000000000",
    }),
  );
  const FilterRules = [
    { Name: "prefix", Value: "in/" },
    { Name: "suffix", Value: ".txt" },
  ] as const;
  const Events = ["s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", "s3:ObjectTagging:Put"] as const;
  await configure(listener({ Id: "mine", Events: [...Events], Filter: { Key: { FilterRules: [...FilterRules] } } }));
  const read = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  expect(read.LambdaFunctionConfigurations).toEqual([
    {
      Id: "mine",
      LambdaFunctionArn,
      Events,
      Filter: {
        Key: {
          FilterRules: [
            { Name: "Prefix", Value: "in/" },
            { Name: "Suffix", Value: ".txt" },
          ],
        },
      },
    },
  ]);
});

test("events of matching objects have AWS's format, and are in order", async () => {
  const named = { Bucket, Key: "in/a b+ü.txt" };
  await s3.send(new PutObjectCommand({ ...named, Body: "hello world" }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "in/other.png", Body: "x" }));
  await s3.send(new PutObjectTaggingCommand({ ...named, Tagging: { TagSet: [] } }));
  await s3.send(new DeleteObjectCommand(named));
  await expect
    .poll(async () => (await records()).map((record) => record.eventName).sort())
    .toEqual(["ObjectCreated:Put", "ObjectRemoved:Delete", "ObjectTagging:Put"]);
  const created = (await records()).find((record) => record.eventName === "ObjectCreated:Put");
  expect(created).toEqual({
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: "us-east-1",
    eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    eventName: "ObjectCreated:Put",
    userIdentity: { principalId: "AWS:test" },
    requestParameters: { sourceIPAddress: "127.0.0.1" },
    responseElements: { "x-amz-request-id": expect.any(String) as string, "x-amz-id-2": expect.any(String) as string },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: "mine",
      bucket: {
        name: Bucket,
        ownerIdentity: { principalId: expect.any(String) as string },
        arn: `arn:aws:s3:::${Bucket}`,
      },
      object: {
        key: "in/a+b%2B%C3%BC.txt",
        size: 11,
        eTag: "5eb63bbbe01eeed093cb22bb8f5acdc3",
        sequencer: expect.any(String) as string,
      },
    },
  });
});

describe("a notification fails when", () => {
  test.each([
    ["its ARN is none", listener({ LambdaFunctionArn: "invalid" }), "The ARN could not be parsed"],
    [
      "its event does not exist",
      listener({ Events: ["s3:ObjectAdmired:*" as "s3:ObjectCreated:*"] }),
      "A specified event is not supported for notifications.",
    ],
    [
      "two of them overlap",
      {
        LambdaFunctionConfigurations: [
          ...listener().LambdaFunctionConfigurations!,
          ...listener({ Events: ["s3:ObjectCreated:Put"] }).LambdaFunctionConfigurations!,
        ],
      },
      "Configuration is ambiguously defined. Cannot have overlapping suffixes in two rules if the prefixes are overlapping for the same event type.",
    ],
    [
      "its queue does not exist",
      { QueueConfigurations: [{ QueueArn: "arn:aws:sqs:us-east-1:000000000000:q", Events: ["s3:ObjectCreated:*"] }] },
      "Unable to validate the following destination configurations",
    ],
  ] as [string, NotificationConfiguration, string][])("%s", async (_why, configuration, message) => {
    await expect(configure(configuration)).rejects.toMatchObject({ name: "InvalidArgument", message });
  });
});
