import { Duration } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { StreamViewType } from "aws-cdk-lib/aws-dynamodb";
import { StreamEncryption, StreamMode } from "aws-cdk-lib/aws-kinesis";
import { Key } from "aws-cdk-lib/aws-kms";
import { StartingPosition } from "aws-cdk-lib/aws-lambda";
import { Bucket } from "aws-cdk-lib/aws-s3";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, test } from "vitest";
import { Function, Stream, type StreamConsumeOptions, type StreamProps, Table } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, templateOf, testStack } from "../helpers/template.ts";

function templateWith(props: StreamProps = {}, consume?: StreamConsumeOptions) {
  const { stack } = testStack();
  const stream = new Stream(stack, "Readings", props);
  if (consume !== undefined) stream.consume(new Function(stack, "Worker", { entry: HELLO }), consume);
  return templateOf(stack);
}

const MAPPING = "AWS::Lambda::EventSourceMapping";

describe("a stream", () => {
  test("renders the same template as before", () => {
    expect(normalised(templateWith())).toMatchSnapshot();
  });

  test("has the shards, the retention and the encryption that it is given", () => {
    templateWith({ shardCount: 2, retentionPeriod: Duration.days(7) }).hasResourceProperties("AWS::Kinesis::Stream", {
      ShardCount: 2,
      StreamModeDetails: { StreamMode: "PROVISIONED" },
      RetentionPeriodHours: 168,
      StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
    });
    templateWith({ encryption: StreamEncryption.UNENCRYPTED }).hasResourceProperties("AWS::Kinesis::Stream", {
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      StreamEncryption: Match.absent(),
    });
    const { stack } = testStack();
    new Stream(stack, "Readings", { encryptionKey: new Key(stack, "Key") });
    templateOf(stack).hasResourceProperties("AWS::Kinesis::Stream", {
      StreamEncryption: { EncryptionType: "KMS", KeyId: { "Fn::GetAtt": [Match.stringLikeRegexp("^Key"), "Arn"] } },
    });
  });

  test("is consumed through the function's alias, with bisection and a dead-letter queue of its own", () => {
    const template = templateWith({}, {});
    const { properties } = onlyResource(template, MAPPING);
    expect(properties).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      MaximumRetryAttempts: 5,
      StartingPosition: "TRIM_HORIZON",
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
    const alias = onlyResource(template, "AWS::Lambda::Alias").id;
    expect(JSON.stringify(properties["FunctionName"])).toContain(alias);
    const queue = onlyResource(template, "AWS::SQS::Queue");
    expect(queue.properties).toMatchObject({ MessageRetentionPeriod: 1_209_600 });
    expect(properties["DestinationConfig"]).toEqual({
      OnFailure: { Destination: { "Fn::GetAtt": [queue.id, "Arn"] } },
    });
    template.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Action: Match.arrayWith(["kinesis:GetRecords", "kinesis:GetShardIterator"]) }),
        ]),
      },
    });
  });

  test("is consumed with the options that are given", () => {
    const filters = [{ data: { kind: ["reading"] } }];
    const { properties } = onlyResource(
      templateWith(
        {},
        {
          batchSize: 500,
          maxBatchingWindow: Duration.seconds(5),
          startingPosition: StartingPosition.LATEST,
          parallelizationFactor: 10,
          bisectBatchOnError: false,
          retryAttempts: 0,
          maxRecordAge: Duration.hours(1),
          onFailure: false,
          tumblingWindow: Duration.minutes(1),
          filters,
          reportBatchItemFailures: false,
          enabled: false,
        },
      ),
      MAPPING,
    );
    expect(properties).toMatchObject({
      BatchSize: 500,
      Enabled: false,
      MaximumBatchingWindowInSeconds: 5,
      StartingPosition: "LATEST",
      ParallelizationFactor: 10,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: 0,
      MaximumRecordAgeInSeconds: 3600,
      TumblingWindowInSeconds: 60,
      FilterCriteria: { Filters: [{ Pattern: JSON.stringify(filters[0]) }] },
    });
    expect(properties["DestinationConfig"]).toBeUndefined();
    expect(properties["FunctionResponseTypes"]).toBeUndefined();
  });

  test("sends discarded batches to topics and buckets", () => {
    const { stack } = testStack();
    const stream = new Stream(stack, "Readings");
    const [one, other] = ["One", "Other"].map((id) => new Function(stack, id, { entry: HELLO }));
    const topic = new Topic(stack, "Failures");
    stream.consume(one!, { onFailure: topic }).consume(other!, { onFailure: new Bucket(stack, "Kept") });
    expect(stream.deadLetterQueueOf(one!)).toBeUndefined();
    const targets = Object.values(templateOf(stack).findResources(MAPPING)).map(({ Properties }) =>
      JSON.stringify((Properties as { DestinationConfig: object }).DestinationConfig),
    );
    expect(targets).toEqual([expect.stringMatching(/"Ref":"Failures/), expect.stringMatching(/"Kept\w+","Arn"/)]);
  });
});

describe("a stream fails when", () => {
  test.each<[string, StreamProps, StreamConsumeOptions | undefined, RegExp]>([
    ["it has no shard", { shardCount: 0 }, undefined, /shardCount: got 0; allowed are whole numbers from 1 to 10,000/],
    [
      "it has shards and on-demand capacity",
      { shardCount: 1, streamMode: StreamMode.ON_DEMAND },
      undefined,
      /shardCount: a stream with on-demand capacity has none/,
    ],
    ["the retention is short", { retentionPeriod: Duration.hours(1) }, undefined, /retentionPeriod: got 1 hours/],
    ["the retention is long", { retentionPeriod: Duration.days(366) }, undefined, /retentionPeriod: got 8784 hours/],
    ["the name is invalid", { streamName: "a b" }, undefined, /streamName: got 'a b'/],
    ["a batch is too large", {}, { batchSize: 10_001 }, /consumer Test\/Worker: batchSize: got 10001/],
    [
      "a batching window is too long",
      {},
      { maxBatchingWindow: Duration.minutes(6) },
      /maxBatchingWindow: got 360 seconds/,
    ],
    ["a tumbling window is too long", {}, { tumblingWindow: Duration.minutes(16) }, /tumblingWindow: got 960 seconds/],
    [
      "too many batches of a shard are processed at once",
      {},
      { parallelizationFactor: 11 },
      /parallelizationFactor: got 11; allowed are .* from 1 to 10/,
    ],
    ["a batch is retried too often", {}, { retryAttempts: 10_001 }, /retryAttempts: got 10001/],
    ["records are discarded too early", {}, { maxRecordAge: Duration.seconds(30) }, /maxRecordAge: got 30 seconds/],
    [
      "a start by time has no time",
      {},
      { startingPosition: StartingPosition.AT_TIMESTAMP },
      /startingPositionTimestamp: AT_TIMESTAMP has one/,
    ],
    ["a filter is not a pattern", {}, { filters: [{ data: "x" }] }, /filters\[0\]: /],
  ])("%s", (_what, props, consume, words) => {
    expect(() => templateWith(props, consume)).toThrow(words);
    expect(() => templateWith(props, consume)).toThrow(/Test\/Readings/);
  });

  test("a function consumes it twice", () => {
    const { stack } = testStack();
    const worker = new Function(stack, "Worker", { entry: HELLO });
    new Stream(stack, "Readings").consume(worker).consume(worker);
    expect(() => templateOf(stack)).toThrow(
      /consumer Test\/Worker: consume: the function consumes this stream already/,
    );
  });
});

describe("a table", () => {
  test("turns its stream on for a function that consumes its changes", () => {
    const { stack } = testStack();
    const worker = new Function(stack, "Worker", { entry: HELLO });
    const table = new Table(stack, "Orders", { partitionKey: "id" }).consume(worker, { batchSize: 10 });
    expect(table.deadLetterQueueOf(worker)).toBeDefined();
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::DynamoDB::Table", {
      StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
    });
    const { properties } = onlyResource(template, MAPPING);
    expect(properties).toMatchObject({ BatchSize: 10, StartingPosition: "TRIM_HORIZON", MaximumRetryAttempts: 5 });
    expect(properties["EventSourceArn"]).toEqual({
      "Fn::GetAtt": [onlyResource(template, "AWS::DynamoDB::Table").id, "StreamArn"],
    });
  });

  test("keeps the view that it was given", () => {
    const { stack } = testStack();
    const table = new Table(stack, "Orders", { partitionKey: "id", stream: StreamViewType.KEYS_ONLY });
    table.consume(new Function(stack, "Worker", { entry: HELLO }));
    templateOf(stack).hasResourceProperties("AWS::DynamoDB::Table", {
      StreamSpecification: { StreamViewType: "KEYS_ONLY" },
    });
  });

  test("fails when reading is to start at a timestamp", () => {
    const { stack } = testStack();
    const options = { startingPosition: StartingPosition.AT_TIMESTAMP, startingPositionTimestamp: 1 };
    new Table(stack, "Orders", { partitionKey: "id" }).consume(
      new Function(stack, "Worker", { entry: HELLO }),
      options,
    );
    expect(() => templateOf(stack)).toThrow(/startingPosition: a table's stream has no AT_TIMESTAMP/);
  });
});
