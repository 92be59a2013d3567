import { notCarried } from "../../kit/not-carried.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { hashKeyOf, shardFor } from "./hash-key.ts";
import { requireMade, type Input, type Kinesis, type Output } from "./context.ts";
import { shardIdOf, type StreamRecord } from "./records.ts";
import { invalidArgument, rateExceeded } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { formatSequence } from "./sequence-number.ts";

const MOST_RECORDS = 500;
const LARGEST_REQUEST_BYTES = 10 * 1024 * 1024;
const HASH_KEY = /0|([1-9]\d{0,38})/;

type Entry = Pick<Input<"PutRecord">, "Data" | "PartitionKey" | "ExplicitHashKey">;

/** Writes one record, at most as large as the stream allows, and returns its shard and sequence number. */
export function putRecord(kinesis: Kinesis, input: Input<"PutRecord">, context: RequestContext): Output<"PutRecord"> {
  refuseDryRun(input);
  const checks = new RequestChecks();
  checkEntry(checks, "", input);
  checks.done();
  const stream = requireMade(kinesis, input, context);
  checkSize(stream, input);
  const put = tryPut(kinesis, stream, input);
  if (put instanceof AwsError) throw put;
  kinesis.records.sweep(stream, kinesis.cloud.clock.now());
  tellOfArrival(kinesis, stream);
  return { ...put, EncryptionType: stream.encryption };
}

/** One after another, each for itself: what a shard does not take now is answered in its place. */
export function putRecords(
  kinesis: Kinesis,
  input: Input<"PutRecords">,
  context: RequestContext,
): Output<"PutRecords"> {
  refuseDryRun(input);
  const entries = input.Records ?? [];
  const checks = new RequestChecks().required("records", input.Records).length("records", entries, 1, MOST_RECORDS);
  for (const [index, entry] of entries.entries()) checkEntry(checks, `records.${index + 1}.member.`, entry);
  checks.done();
  const stream = requireMade(kinesis, input, context);
  for (const entry of entries) checkSize(stream, entry);
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > LARGEST_REQUEST_BYTES)
    throw invalidArgument("Records size exceeds 10 MB limit");
  // A hash key out of range refuses the call before any of it is written.
  for (const { PartitionKey, ExplicitHashKey } of entries) hashKeyOf(PartitionKey!, ExplicitHashKey);
  const Records = entries.map((entry) => {
    const put = tryPut(kinesis, stream, entry);
    return put instanceof AwsError ? { ErrorCode: put.code, ErrorMessage: put.message } : put;
  });
  kinesis.records.sweep(stream, kinesis.cloud.clock.now());
  tellOfArrival(kinesis, stream);
  const FailedRecordCount = Records.filter((record) => "ErrorCode" in record).length;
  return { FailedRecordCount, Records, EncryptionType: stream.encryption };
}

function tryPut(
  { cloud, throughput, records, metrics }: Kinesis,
  stream: StreamRecord,
  entry: Entry,
): { ShardId: string; SequenceNumber: string } | AwsError {
  const shard = shardFor(stream.shards, hashKeyOf(entry.PartitionKey!, entry.ExplicitHashKey));
  const nowMs = cloud.clock.now();
  const bytes = sizeOf(entry);
  if (!throughput.tryWrite(stream, shard, bytes, nowMs)) {
    metrics.add(stream, "WriteProvisionedThroughputExceeded");
    return rateExceeded(stream, shard);
  }
  const record = { arrivedMs: nowMs, partitionKey: entry.PartitionKey!, data: entry.Data };
  const number = records.add(stream, shard, record);
  metrics.add(stream, "IncomingRecords");
  metrics.add(stream, "IncomingBytes", bytes);
  return { ShardId: shardIdOf(shard), SequenceNumber: formatSequence(shard, number, nowMs) };
}

/** Readers are notified once the records are on disk, and not before. */
function tellOfArrival({ cloud, arrivals }: Kinesis, { id }: StreamRecord): void {
  cloud.store.afterDurable(() => arrivals.announce(id));
}

function checkEntry(checks: RequestChecks, path: string, { Data, PartitionKey, ExplicitHashKey }: Entry): void {
  checks
    .required(`${path}data`, Data)
    .required(`${path}partitionKey`, PartitionKey)
    .length(`${path}partitionKey`, PartitionKey, 1, 256)
    .pattern(`${path}explicitHashKey`, ExplicitHashKey, HASH_KEY);
}

function checkSize({ maxRecordKiB }: StreamRecord, entry: Entry): void {
  const mostBytes = maxRecordKiB * 1024;
  if (sizeOf(entry) <= mostBytes) return;
  const constraint = `Member must have length less than or equal to ${mostBytes}`;
  throw new AwsError(
    "ValidationException",
    `1 validation error detected: Value at 'data' failed to satisfy constraint: ${constraint}`,
  );
}

/** A record counts with its partition key. */
function sizeOf({ Data, PartitionKey }: Entry): number {
  return Data.byteLength + Buffer.byteLength(PartitionKey!);
}

function refuseDryRun({ DryRun }: { DryRun?: boolean | undefined }): void {
  if (DryRun === true) throw notCarried("DryRun", "Leave it out.");
}
