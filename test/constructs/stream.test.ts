import { Duration } from "aws-cdk-lib";
import { Match } from "aws-cdk-lib/assertions";
import { StreamViewType } from "aws-cdk-lib/aws-dynamodb";
import { Key } from "aws-cdk-lib/aws-kms";
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
  test("looks as it always did", () => {
    expect(normalised(templateWith())).toMatchSnapshot();
  });

  test("has shards, a retention and a key where it is told to", () => {
    templateWith({ shards: 2, retention: Duration.days(7) }).hasResourceProperties("AWS::Kinesis::Stream", {
      ShardCount: 2,
      StreamModeDetails: { StreamMode: "PROVISIONED" },
      RetentionPeriodHours: 168,
      StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
    });
    templateWith({ encryption: false }).hasResourceProperties("AWS::Kinesis::Stream", {
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
      StreamEncryption: Match.absent(),
    });
    const { stack } = testStack();
    new Stream(stack, "Readings", { encryption: new Key(stack, "Key") });
    templateOf(stack).hasResourceProperties("AWS::Kinesis::Stream", {
      StreamEncryption: { EncryptionType: "KMS", KeyId: { "Fn::GetAtt": [Match.stringLikeRegexp("^Key"), "Arn"] } },
    });
  });

  test("is read through the function's alias, halving and giving up to a queue of its own", () => {
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

  test("is read as it is told to", () => {
    const filters = [{ data: { kind: ["reading"] } }];
    const { properties } = onlyResource(
      templateWith(
        {},
        {
          batchSize: 500,
          window: Duration.seconds(5),
          startingPosition: "latest",
          parallelization: 10,
          bisect: false,
          retries: 0,
          maxAge: Duration.hours(1),
          failures: false,
          tumblingWindow: Duration.minutes(1),
          filters,
          partialFailures: false,
        },
      ),
      MAPPING,
    );
    expect(properties).toMatchObject({
      BatchSize: 500,
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

  test("tells topics and buckets of what was given up", () => {
    const { stack } = testStack();
    const stream = new Stream(stack, "Readings");
    const [one, other] = ["One", "Other"].map((id) => new Function(stack, id, { entry: HELLO }));
    const topic = new Topic(stack, "Failures");
    stream.consume(one!, { failures: topic }).consume(other!, { failures: new Bucket(stack, "Kept") });
    expect(stream.failuresOf(one!)).toBe(topic);
    const targets = Object.values(templateOf(stack).findResources(MAPPING)).map(({ Properties }) =>
      JSON.stringify((Properties as { DestinationConfig: object }).DestinationConfig),
    );
    expect(targets).toEqual([expect.stringMatching(/"Ref":"Failures/), expect.stringMatching(/"Kept\w+","Arn"/)]);
  });
});

describe("a stream fails when", () => {
  test.each<[string, StreamProps, StreamConsumeOptions | undefined, RegExp]>([
    ["it has no shard", { shards: 0 }, undefined, /shards: got 0; allowed are whole numbers from 1 to 10,000/],
    ["it keeps records too briefly", { retention: Duration.hours(1) }, undefined, /retention: got 1 hours/],
    ["it keeps records too long", { retention: Duration.days(366) }, undefined, /retention: got 8784 hours/],
    ["its name is none", { streamName: "a b" }, undefined, /streamName: got 'a b'/],
    ["a batch is too large", {}, { batchSize: 10_001 }, /consumer Test\/Worker: batchSize: got 10001/],
    ["a window is too long", {}, { window: Duration.minutes(6) }, /window: got 360 seconds/],
    ["a tumbling window is too long", {}, { tumblingWindow: Duration.minutes(16) }, /tumblingWindow: got 960 seconds/],
    ["too much goes on at once", {}, { parallelization: 11 }, /parallelization: got 11; allowed are .* from 1 to 10/],
    ["it is tried too often", {}, { retries: 10_001 }, /retries: got 10001/],
    ["records are given up too early", {}, { maxAge: Duration.seconds(30) }, /maxAge: got 30 seconds/],
    ["a filter is no pattern", {}, { filters: [{ data: "x" }] }, /filters\[0\]: /],
  ])("%s", (_what, props, consume, words) => {
    expect(() => templateWith(props, consume)).toThrow(words);
    expect(() => templateWith(props, consume)).toThrow(/Test\/Readings/);
  });

  test("a function reads it twice", () => {
    const { stack } = testStack();
    const worker = new Function(stack, "Worker", { entry: HELLO });
    new Stream(stack, "Readings").consume(worker).consume(worker);
    expect(() => templateOf(stack)).toThrow(/consumer Test\/Worker: consume: it reads this stream already/);
  });
});

describe("a table", () => {
  test("turns its stream on for who reads its changes", () => {
    const { stack } = testStack();
    const worker = new Function(stack, "Worker", { entry: HELLO });
    const table = new Table(stack, "Orders", { partitionKey: "id" }).consume(worker, { batchSize: 10 });
    expect(table.failuresOf(worker)).toBeDefined();
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
});
