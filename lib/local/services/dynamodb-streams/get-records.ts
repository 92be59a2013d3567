import type { Output, Input } from "../../kit/operation-types.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { createHash } from "node:crypto";
import type { AttributeValue, StreamRecord, _Record } from "@aws-sdk/client-dynamodb-streams";
import type { Change, ChangeStream, ChangeStreams } from "../../state/change-stream.ts";
import type { Cloud } from "../../service.ts";
import { formatIterator, readIterator } from "./shard-iterator.ts";
import { formatSequence, requireMember, requireStream } from "./shard.ts";

const MOST_RECORDS = 1000;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_GetRecords.html */
const PAGE_BYTES = 1024 * 1024;

/** Reads up to 1,000 records of at most 1 MB; the next iterator is absent at the end of a closed shard. */
export function getRecords(
  changes: ChangeStreams,
  { clock }: Cloud,
  { ShardIterator, Limit = MOST_RECORDS }: Input<"dynamodb-streams", "GetRecords">,
): Output<"dynamodb-streams", "GetRecords"> {
  requireMember("shardIterator", ShardIterator);
  new RequestChecks().range("limit", Limit, 1, MOST_RECORDS).done();
  const nowMs = clock.now();
  const iterator = readIterator(ShardIterator, nowMs);
  const stream = requireStream(changes, iterator.streamArn);
  const rows = changes.read(stream, iterator.sequence, Limit, nowMs);
  const page: { sequence: number; record: _Record }[] = [];
  let bytes = 0;
  for (const { sequence, change } of rows) {
    const record = buildRecord(stream, sequence, change);
    bytes += record.dynamodb!.SizeBytes!;
    if (page.length > 0 && bytes > PAGE_BYTES) break;
    page.push({ sequence, record });
  }
  const next = (page.at(-1)?.sequence ?? iterator.sequence - 1) + 1;
  const isOver = stream.disabledMs !== undefined && page.length === rows.length && rows.length < Limit;
  return {
    Records: page.map(({ record }) => record),
    ...(!isOver && { NextShardIterator: formatIterator({ streamArn: stream.arn, sequence: next, issuedMs: nowMs }) }),
  };
}

function buildRecord(stream: ChangeStream, sequence: number, change: Change): _Record {
  return {
    eventID: createHash("md5").update(`${stream.arn} ${sequence}`).digest("hex"),
    eventName: change.kind,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: stream.region,
    dynamodb: buildStreamRecord(stream, sequence, change),
    ...(change.expired && { userIdentity: { Type: "Service", PrincipalId: "dynamodb.amazonaws.com" } }),
  };
}

type Image = Record<string, AttributeValue>;

function buildStreamRecord({ viewType }: ChangeStream, sequence: number, change: Change): StreamRecord {
  const showsNew = viewType === "NEW_IMAGE" || viewType === "NEW_AND_OLD_IMAGES";
  const showsOld = viewType === "OLD_IMAGE" || viewType === "NEW_AND_OLD_IMAGES";
  const { keys, newImage, oldImage } = change.sizes;
  return {
    ApproximateCreationDateTime: new Date(Math.floor(change.createdMs / 1000) * 1000),
    Keys: change.keys as Image,
    ...(showsNew && change.newImage && { NewImage: change.newImage as Image }),
    ...(showsOld && change.oldImage && { OldImage: change.oldImage as Image }),
    SequenceNumber: formatSequence(sequence),
    SizeBytes: keys + (showsNew ? newImage : 0) + (showsOld ? oldImage : 0),
    StreamViewType: viewType,
  };
}
