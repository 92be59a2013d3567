import type { _Record } from "@aws-sdk/client-dynamodb-streams";
import type { MappingRecord } from "../records.ts";

/** A change as functions get it: DynamoDB Streams' record, times in seconds, bytes as base64. */
export function toStreamEvent(record: _Record, mapping: MappingRecord) {
  const { dynamodb } = record;
  const created = dynamodb?.ApproximateCreationDateTime?.getTime() ?? 0;
  return {
    eventID: record.eventID,
    eventName: record.eventName,
    eventVersion: record.eventVersion ?? "1.1",
    eventSource: "aws:dynamodb",
    awsRegion: mapping.region,
    ...(record.userIdentity !== undefined && {
      userIdentity: { principalId: record.userIdentity.PrincipalId, type: record.userIdentity.Type },
    }),
    dynamodb: {
      ApproximateCreationDateTime: created / 1000,
      Keys: plain(dynamodb?.Keys),
      ...(dynamodb?.NewImage !== undefined && { NewImage: plain(dynamodb.NewImage) }),
      ...(dynamodb?.OldImage !== undefined && { OldImage: plain(dynamodb.OldImage) }),
      SequenceNumber: dynamodb?.SequenceNumber,
      SizeBytes: dynamodb?.SizeBytes,
      StreamViewType: dynamodb?.StreamViewType,
    },
    eventSourceARN: mapping.source,
  };
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
