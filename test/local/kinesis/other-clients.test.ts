import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { type DebianClients, debianClients, hasAwsCli, hasBoto3 } from "../../helpers/debian-clients.ts";

let cloud: TestCloud;
let clients: DebianClients;

beforeAll(async () => {
  cloud = await startTestCloud();
  clients = debianClients(cloud);
});
afterAll(() => cloud.stop());

const BOTO3 = `
import boto3, datetime, json, os
from botocore.exceptions import ClientError

kinesis = boto3.client("kinesis", endpoint_url=os.environ["ENDPOINT"])

def refusal(call):
    try:
        call()
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]

kinesis.create_stream(StreamName="python", ShardCount=1)
kinesis.get_waiter("stream_exists").wait(StreamName="python", WaiterConfig={"Delay": 1})
put = kinesis.put_records(StreamName="python", Records=[
    {"Data": ("reading %d" % n).encode(), "PartitionKey": "sensor"} for n in range(3)])
iterator = kinesis.get_shard_iterator(StreamName="python", ShardId="shardId-000000000000",
                                      ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
page = kinesis.get_records(ShardIterator=iterator, Limit=2)
arn = kinesis.describe_stream_summary(StreamName="python")["StreamDescriptionSummary"]["StreamARN"]
consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="pushed")["Consumer"]["ConsumerARN"]
while kinesis.describe_stream_consumer(ConsumerARN=consumer)["ConsumerDescription"]["ConsumerStatus"] != "ACTIVE":
    pass
events = kinesis.subscribe_to_shard(ConsumerARN=consumer, ShardId="shardId-000000000000",
                                    StartingPosition={"Type": "TRIM_HORIZON"})["EventStream"]
pushed = next(iter(events))["SubscribeToShardEvent"]
kinesis.split_shard(StreamName="python", ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**127))
print(json.dumps({
    "failed": put["FailedRecordCount"],
    "page": [record["Data"].decode() for record in page["Records"]],
    "isRecent": abs((page["Records"][0]["ApproximateArrivalTimestamp"]
                     - datetime.datetime.now(datetime.timezone.utc)).total_seconds()) < 60,
    "pushed": [record["Data"].decode() for record in pushed["Records"]],
    "shards": [shard.get("ParentShardId") for shard in kinesis.list_shards(StreamName="python")["Shards"]],
    "noStream": refusal(lambda: kinesis.put_record(StreamName="missing", Data=b"x", PartitionKey="k")),
    "taken": refusal(lambda: kinesis.create_stream(StreamName="python", ShardCount=1)),
    "noName": refusal(lambda: kinesis.create_stream(StreamName="a b", ShardCount=1)),
}))
`;

describe.runIf(hasBoto3)("boto3", () => {
  test("puts, reads, splits and is pushed records over HTTP/1.1", async () => {
    expect(await clients.boto3(BOTO3)).toEqual({
      failed: 0,
      page: ["reading 0", "reading 1"],
      isRecent: true,
      pushed: ["reading 0", "reading 1", "reading 2"],
      shards: [null, "shardId-000000000000", "shardId-000000000000"],
      noStream: ["ResourceNotFoundException", 400],
      taken: ["ResourceInUseException", 400],
      noName: ["ValidationException", 400],
    });
  });
});

describe.runIf(hasAwsCli)("the AWS CLI", () => {
  const aws = (...args: string[]) => clients.aws("kinesis", ...args);

  test("makes a stream, puts and reads, and is refused in AWS's words", async () => {
    const stream = ["--stream-name", "cli"];
    await aws("create-stream", ...stream, "--shard-count", "1");
    await aws("wait", "stream-exists", ...stream);
    // The first version of the CLI takes what it is given, the second takes base64.
    const data = Buffer.from("hello").toString("base64");
    const kept = new RegExp(`^(${data}|${Buffer.from(data).toString("base64")})$`);
    const put = JSON.parse(await aws("put-record", ...stream, "--partition-key", "k", "--data", data)) as object;
    expect(put).toMatchObject({ ShardId: "shardId-000000000000" });
    const from = ["--shard-id", "shardId-000000000000", "--shard-iterator-type", "TRIM_HORIZON"];
    const { ShardIterator } = JSON.parse(await aws("get-shard-iterator", ...stream, ...from)) as Record<string, string>;
    const read = JSON.parse(await aws("get-records", "--shard-iterator", ShardIterator!)) as object;
    expect(read).toMatchObject({
      Records: [{ Data: expect.stringMatching(kept) as string, PartitionKey: "k" }],
      MillisBehindLatest: 0,
    });
    await expect(aws("describe-stream", "--stream-name", "missing")).rejects.toMatchObject({
      stderr: expect.stringContaining(
        "(ResourceNotFoundException) when calling the DescribeStream operation: Stream missing under account 000000000000 not found.",
      ) as string,
    });
  });
});
