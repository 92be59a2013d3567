import {
  AddTagsToStreamCommand,
  CreateStreamCommand,
  DecreaseStreamRetentionPeriodCommand,
  DeleteStreamCommand,
  DeregisterStreamConsumerCommand,
  DescribeLimitsCommand,
  DescribeStreamCommand,
  DescribeStreamConsumerCommand,
  DescribeStreamSummaryCommand,
  DisableEnhancedMonitoringCommand,
  EnableEnhancedMonitoringCommand,
  GetResourcePolicyCommand,
  IncreaseStreamRetentionPeriodCommand,
  KinesisClient,
  ListStreamConsumersCommand,
  ListStreamsCommand,
  ListTagsForResourceCommand,
  ListTagsForStreamCommand,
  PutRecordCommand,
  RegisterStreamConsumerCommand,
  RemoveTagsFromStreamCommand,
  StartStreamEncryptionCommand,
  StopStreamEncryptionCommand,
  UpdateStreamModeCommand,
  UpdateAccountSettingsCommand,
} from "@aws-sdk/client-kinesis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { newStream, readAll, untilActive } from "./kinesis-fixture.ts";

let cloud: TestCloud;
let kinesis: KinesisClient;

beforeAll(async () => {
  cloud = await startTestCloud();
  kinesis = cloud.client(KinesisClient);
});
afterAll(() => cloud.stop());

const arnOf = (name: string) => `arn:aws:kinesis:us-east-1:000000000000:stream/${name}`;
/** Does something while hardly any of the cloud's time passes. */
async function slowly(work: () => Promise<void>): Promise<void> {
  cloud.clock.setSpeed(0.001);
  await work().finally(() => cloud.clock.setSpeed(1));
}
const summaryOf = async (StreamName: string) =>
  (await kinesis.send(new DescribeStreamSummaryCommand({ StreamName }))).StreamDescriptionSummary!;

describe("a stream", () => {
  test("without a count and a mode has four shards, and without a policy an empty one", async () => {
    await kinesis.send(new CreateStreamCommand({ StreamName: "by-default" }));
    await untilActive(kinesis, "by-default");
    expect(await summaryOf("by-default")).toMatchObject({
      OpenShardCount: 4,
      StreamModeDetails: { StreamMode: "ON_DEMAND" },
    });
    const { Policy } = await kinesis.send(new GetResourcePolicyCommand({ ResourceARN: arnOf("by-default") }));
    expect(Policy).toBe("{}");
  });

  test("is CREATING first, and cannot be written to until it is ACTIVE", async () => {
    const StreamName = "slow";
    const put = new PutRecordCommand({ StreamName, Data: Buffer.from("x"), PartitionKey: "k" });
    await slowly(async () => {
      await kinesis.send(new CreateStreamCommand({ StreamName, ShardCount: 1 }));
      expect((await summaryOf(StreamName)).StreamStatus).toBe("CREATING");
      await expect(kinesis.send(put)).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    });
    await untilActive(kinesis, StreamName);
    await kinesis.send(put);
  });

  test("is described", async () => {
    const name = await newStream(kinesis, { ShardCount: 2, Tags: { team: "data" } });
    expect(await summaryOf(name)).toEqual({
      StreamName: name,
      StreamARN: arnOf(name),
      StreamStatus: "ACTIVE",
      StreamModeDetails: { StreamMode: "PROVISIONED" },
      RetentionPeriodHours: 24,
      StreamCreationTimestamp: expect.any(Date) as Date,
      EnhancedMonitoring: [{ ShardLevelMetrics: [] }],
      EncryptionType: "NONE",
      OpenShardCount: 2,
      ConsumerCount: 0,
      MaxRecordSizeInKiB: 1024,
    });
    const byArn = await kinesis.send(new DescribeStreamCommand({ StreamARN: arnOf(name), Limit: 1 }));
    expect(byArn.StreamDescription).toMatchObject({
      HasMoreShards: true,
      Shards: [{ ShardId: "shardId-000000000000" }],
    });
  });

  test("on demand has four shards and takes no count", async () => {
    const StreamModeDetails = { StreamMode: "ON_DEMAND" as const };
    const name = await newStream(kinesis, { StreamModeDetails });
    expect((await summaryOf(name)).OpenShardCount).toBe(4);
    const create = new CreateStreamCommand({ StreamName: "other", ShardCount: 2, StreamModeDetails });
    await expect(kinesis.send(create)).rejects.toMatchObject({ name: "ValidationException" });
    const provisioned = { StreamARN: arnOf(name), StreamModeDetails: { StreamMode: "PROVISIONED" as const } };
    await kinesis.send(new UpdateStreamModeCommand(provisioned));
    expect((await summaryOf(name)).StreamModeDetails).toEqual({ StreamMode: "PROVISIONED" });
  });

  test("fails when its name is taken or invalid, or the account has too many shards", async () => {
    const name = await newStream(kinesis);
    await expect(kinesis.send(new CreateStreamCommand({ StreamName: name }))).rejects.toMatchObject({
      name: "ResourceInUseException",
      message: `Stream ${name} under account 000000000000 already exists.`,
    });
    await expect(kinesis.send(new CreateStreamCommand({ StreamName: "a b" }))).rejects.toMatchObject({
      message:
        "1 validation error detected: Value 'a b' at 'streamName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
    });
    const { ShardLimit, OpenShardCount } = await kinesis.send(new DescribeLimitsCommand({}));
    expect(ShardLimit).toBe(500);
    const tooMany = new CreateStreamCommand({ StreamName: "huge", ShardCount: 501 - OpenShardCount! });
    await expect(kinesis.send(tooMany)).rejects.toMatchObject({
      name: "LimitExceededException",
      message: expect.stringContaining("This request would exceed the shard limit for the account") as string,
    });
  });

  test("is listed page by page, and gone with all that it held when it is deleted", async () => {
    const paged = cloud.client(KinesisClient, { region: "eu-west-1" });
    for (const name of ["c", "a", "b"]) await newStream(paged, { StreamName: name });
    await paged.send(new PutRecordCommand({ StreamName: "b", Data: Buffer.from("x"), PartitionKey: "k" }));
    const first = await paged.send(new ListStreamsCommand({ Limit: 2 }));
    expect([first.StreamNames, first.HasMoreStreams]).toEqual([["a", "b"], true]);
    const second = await paged.send(new ListStreamsCommand({ NextToken: first.NextToken }));
    expect([second.StreamNames, second.HasMoreStreams]).toEqual([["c"], false]);
    expect(second.StreamSummaries).toMatchObject([{ StreamName: "c", StreamStatus: "ACTIVE" }]);
    await paged.send(new DeleteStreamCommand({ StreamName: "b" }));
    await expect(paged.send(new DescribeStreamCommand({ StreamName: "b" }))).rejects.toMatchObject({
      message: "Stream b under account 000000000000 not found.",
    });
    await newStream(paged, { StreamName: "b" });
    expect(await readAll(paged, "b")).toEqual([]);
  });

  test("fails by name for unsupported features", async () => {
    await expect(
      kinesis.send(new UpdateAccountSettingsCommand({ MinimumThroughputBillingCommitment: { Status: "ENABLED" } })),
    ).rejects.toMatchObject({ message: "The local cloud does not support kinesis UpdateAccountSettings." });
    await expect(
      kinesis.send(new CreateStreamCommand({ StreamName: "warm", WarmThroughputMiBps: 10 })),
    ).rejects.toMatchObject({ message: expect.stringContaining("does not support warm throughput") as string });
  });
});

describe("settings", () => {
  test("retention goes up and down between a day and a year", async () => {
    const StreamName = await newStream(kinesis);
    const increase = (RetentionPeriodHours: number) =>
      kinesis.send(new IncreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours }));
    await slowly(async () => {
      await increase(48);
      await expect(increase(72)).rejects.toMatchObject({
        name: "ResourceInUseException",
        message: `Stream ${StreamName} under account 000000000000 not ACTIVE, instead in state UPDATING`,
      });
    });
    await untilActive(kinesis, StreamName);
    await expect(increase(8761)).rejects.toMatchObject({
      message: "Maximum allowed retention period is 8760 hours. Requested retention period (8761 hours) is too long.",
    });
    await expect(increase(24)).rejects.toMatchObject({
      message: `Requested retention period (24 hours) for stream ${StreamName} can not be shorter than existing retention period (48 hours). Use DecreaseRetentionPeriod API.`,
    });
    await kinesis.send(new DecreaseStreamRetentionPeriodCommand({ StreamName, RetentionPeriodHours: 24 }));
    expect((await summaryOf(StreamName)).RetentionPeriodHours).toBe(24);
  });

  test("encryption is returned with the key, on the stream and on records", async () => {
    const StreamName = await newStream(kinesis);
    const EncryptionType = "KMS" as const;
    await kinesis.send(new StartStreamEncryptionCommand({ StreamName, EncryptionType, KeyId: "alias/aws/kinesis" }));
    expect(await summaryOf(StreamName)).toMatchObject({ EncryptionType, KeyId: "alias/aws/kinesis" });
    await untilActive(kinesis, StreamName);
    await kinesis.send(new PutRecordCommand({ StreamName, Data: Buffer.from("x"), PartitionKey: "k" }));
    expect((await readAll(kinesis, StreamName))[0]).toMatchObject({ EncryptionType });
    await kinesis.send(new StopStreamEncryptionCommand({ StreamName, EncryptionType, KeyId: "alias/aws/kinesis" }));
    expect(await summaryOf(StreamName)).toMatchObject({ EncryptionType: "NONE" });
    expect((await summaryOf(StreamName)).KeyId).toBeUndefined();
  });

  test("enhanced monitoring is switched on and off metric by metric", async () => {
    const StreamName = await newStream(kinesis);
    const on = await kinesis.send(
      new EnableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: ["IncomingBytes", "OutgoingBytes"] }),
    );
    expect(on.DesiredShardLevelMetrics).toEqual(["IncomingBytes", "OutgoingBytes"]);
    await untilActive(kinesis, StreamName);
    const off = await kinesis.send(
      new DisableEnhancedMonitoringCommand({ StreamName, ShardLevelMetrics: ["OutgoingBytes"] }),
    );
    expect([off.CurrentShardLevelMetrics, off.DesiredShardLevelMetrics]).toEqual([
      ["IncomingBytes", "OutgoingBytes"],
      ["IncomingBytes"],
    ]);
  });

  test("tags are added, listed page by page, and removed", async () => {
    const StreamName = await newStream(kinesis);
    await kinesis.send(new AddTagsToStreamCommand({ StreamName, Tags: { b: "2", a: "1", c: "3" } }));
    const page = await kinesis.send(new ListTagsForStreamCommand({ StreamName, Limit: 2 }));
    expect(page).toMatchObject({
      HasMoreTags: true,
      Tags: [
        { Key: "a", Value: "1" },
        { Key: "b", Value: "2" },
      ],
    });
    await kinesis.send(new RemoveTagsFromStreamCommand({ StreamName, TagKeys: ["b", "c"] }));
    const { Tags } = await kinesis.send(new ListTagsForResourceCommand({ ResourceARN: arnOf(StreamName) }));
    expect(Tags).toEqual([{ Key: "a", Value: "1" }]);
  });
});

describe("consumers", () => {
  test("are registered, described, listed and deregistered", async () => {
    const name = await newStream(kinesis);
    const StreamARN = arnOf(name);
    const { Consumer } = await kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "app" }));
    expect(Consumer).toMatchObject({ ConsumerName: "app", ConsumerStatus: "CREATING" });
    expect(Consumer!.ConsumerARN).toMatch(new RegExp(`^${StreamARN}/consumer/app:\\d{10}$`));
    const statusOf = async () => {
      const describe = new DescribeStreamConsumerCommand({ StreamARN, ConsumerName: "app" });
      return (await kinesis.send(describe)).ConsumerDescription?.ConsumerStatus;
    };
    await expect.poll(statusOf).toBe("ACTIVE");
    await expect(
      kinesis.send(new RegisterStreamConsumerCommand({ StreamARN, ConsumerName: "app" })),
    ).rejects.toMatchObject({ name: "ResourceInUseException" });
    const listed = await kinesis.send(new ListStreamConsumersCommand({ StreamARN }));
    expect(listed.Consumers).toMatchObject([{ ConsumerName: "app" }]);
    expect(await summaryOf(name)).toMatchObject({ ConsumerCount: 1 });
    await expect(kinesis.send(new DeleteStreamCommand({ StreamName: name }))).rejects.toMatchObject({
      name: "ResourceInUseException",
    });
    await kinesis.send(new DeregisterStreamConsumerCommand({ ConsumerARN: Consumer!.ConsumerARN }));
    await expect(statusOf()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await kinesis.send(new DeleteStreamCommand({ StreamName: name }));
  });
});
