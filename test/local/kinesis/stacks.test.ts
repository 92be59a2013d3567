import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import {
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  GetResourcePolicyCommand,
  KinesisClient,
  ListTagsForStreamCommand,
} from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { deploy, eventLines, eventsOf } from "../cloudformation/spine.ts";

let cloud: TestCloud;
let client: CloudFormationClient;
let kinesis: KinesisClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  client = cloud.client(CloudFormationClient);
  kinesis = cloud.client(KinesisClient);
});
afterAll(() => cloud.stop());

const template = (stream: object, more: object = {}) => ({
  Resources: { Stream: { Type: "AWS::Kinesis::Stream", Properties: stream }, ...more },
  Outputs: { Name: { Value: { Ref: "Stream" } }, Arn: { Value: { "Fn::GetAtt": ["Stream", "Arn"] } } },
});
const CONSUMER = {
  Consumer: {
    Type: "AWS::Kinesis::StreamConsumer",
    Properties: { StreamARN: { "Fn::GetAtt": ["Stream", "Arn"] }, ConsumerName: "app" },
  },
  Policy: {
    Type: "AWS::Kinesis::ResourcePolicy",
    Properties: {
      ResourceArn: { "Fn::GetAtt": ["Stream", "Arn"] },
      ResourcePolicy: { Version: "2012-10-17", Statement: [] },
    },
  },
};
const summaryOf = async (StreamName: string) =>
  (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary!;

test("a stream, its consumer and its policy come, change and go with their stack", async () => {
  const made = await deploy(
    client,
    "streams",
    template(
      {
        ShardCount: 2,
        RetentionPeriodHours: 48,
        StreamEncryption: { EncryptionType: "KMS", KeyId: "alias/aws/kinesis" },
        DesiredShardLevelMetrics: ["IncomingBytes"],
        Tags: [{ Key: "a", Value: "1" }],
      },
      CONSUMER,
    ),
    { ChangeSetType: "CREATE" },
  );
  expect(made.StackStatus).toBe("CREATE_COMPLETE");
  const outputs = Object.fromEntries(made.Outputs!.map((each) => [each.OutputKey, each.OutputValue!]));
  const { Name: name = "", Arn: arn = "" } = outputs;
  expect(name).toMatch(/^streams-Stream-/);
  expect(arn).toBe(`arn:aws:kinesis:us-east-1:000000000000:stream/${name}`);
  expect(await summaryOf(name)).toMatchObject({
    StreamStatus: "ACTIVE",
    StreamModeDetails: { StreamMode: "PROVISIONED" },
    OpenShardCount: 2,
    RetentionPeriodHours: 48,
    EncryptionType: "KMS",
    KeyId: "alias/aws/kinesis",
    EnhancedMonitoring: [{ ShardLevelMetrics: ["IncomingBytes"] }],
    ConsumerCount: 1,
  });
  const describe = new DescribeStreamConsumerCommand({ StreamARN: arn, ConsumerName: "app" });
  expect((await kinesis.send(describe)).ConsumerDescription).toMatchObject({ ConsumerStatus: "ACTIVE" });
  const policy = await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arn }));
  expect(JSON.parse(policy.Policy!)).toEqual({ Version: "2012-10-17", Statement: [] });

  const next = { ShardCount: 3, MaxRecordSizeInKiB: 2048, Tags: [{ Key: "b", Value: "2" }] };
  expect((await deploy(client, "streams", template(next))).StackStatus).toBe("UPDATE_COMPLETE");
  expect(await summaryOf(name)).toMatchObject({
    OpenShardCount: 3,
    RetentionPeriodHours: 24,
    EncryptionType: "NONE",
    EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
    ConsumerCount: 0,
    MaxRecordSizeInKiB: 2048,
  });
  const { Tags } = await kinesis.send(new ListTagsForStreamCommand({ StreamName: name }));
  expect(Tags).toContainEqual({ Key: "b", Value: "2" });
  expect(Tags).not.toContainEqual({ Key: "a", Value: "1" });

  await deploy(client, "streams", { Resources: { None: { Type: "AWS::CloudFormation::WaitConditionHandle" } } });
  await expect(summaryOf(name)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});

test("fails to scale to more than double, and is as before", async () => {
  await deploy(client, "scaled", template({ Name: "scaled", ShardCount: 1 }), { ChangeSetType: "CREATE" });
  const refused = await deploy(client, "scaled", template({ Name: "scaled", ShardCount: 3, RetentionPeriodHours: 48 }));
  expect(refused.StackStatus).toBe("UPDATE_ROLLBACK_COMPLETE");
  expect(eventLines(await eventsOf(client, "scaled")).join("\n")).toContain("cannot scale up over double");
  expect(await summaryOf("scaled")).toMatchObject({ OpenShardCount: 1, RetentionPeriodHours: 24 });
});

test("a resource that cannot be finished is deleted", async () => {
  const failed = await deploy(client, "long", template({ Name: "long", RetentionPeriodHours: 9000 }), {
    ChangeSetType: "CREATE",
  });
  expect(failed.StackStatus).toBe("ROLLBACK_COMPLETE");
  expect(eventLines(await eventsOf(client, "long")).join("\n")).toContain("Maximum allowed retention period");
  await expect(summaryOf("long")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
});
