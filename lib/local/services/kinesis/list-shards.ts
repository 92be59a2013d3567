import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { rangeOf } from "./hash-key.ts";
import { liveShards, requireMade, type Input, type Kinesis, type Output } from "./context.ts";
import { shardIdOf, type ShardRecord, type StreamRecord } from "./records.ts";
import { invalidArgument } from "./errors.ts";
import { RequestChecks } from "../../kit/request-checks.ts";
import { formatSequence } from "./sequence-number.ts";

type Filter = NonNullable<Input<"ListShards">["ShardFilter"]>;

/** The content of a token. */
interface Place {
  readonly stream: string;
  readonly after: string;
  readonly filter?: { readonly Type: Filter["Type"]; readonly ShardId?: string; readonly atMs?: number };
  readonly issuedMs: number;
}

const TOKEN_MS = 300_000;
const PAGE = 1000;
const FILTERS = [
  "AFTER_SHARD_ID",
  "AT_TRIM_HORIZON",
  "FROM_TRIM_HORIZON",
  "AT_LATEST",
  "AT_TIMESTAMP",
  "FROM_TIMESTAMP",
];

/** Lists a stream's shards, closed ones too, by filter, a page at a time. */
export function listShards(
  kinesis: Kinesis,
  input: Input<"ListShards">,
  context: RequestContext,
): Output<"ListShards"> {
  new RequestChecks()
    .range("maxResults", input.MaxResults, 1, 10_000)
    .oneOf("shardFilter.type", input.ShardFilter?.Type, FILTERS)
    .done();
  const nowMs = kinesis.cloud.clock.now();
  const place = input.NextToken === undefined ? undefined : readToken(input, nowMs);
  const stream = requireMade(kinesis, place === undefined ? input : { StreamName: place.stream }, context);
  if (input.StreamCreationTimestamp !== undefined) checkCreation(stream, input.StreamCreationTimestamp);
  const filter = place === undefined ? toFilter(input.ShardFilter) : place.filter;
  const after = place?.after ?? input.ExclusiveStartShardId ?? "";
  const rest = liveShards(stream, nowMs)
    .filter((shard) => passes(stream, shard, filter, nowMs))
    .filter((shard) => shardIdOf(shard) > after);
  const page = rest.slice(0, Math.min(input.MaxResults ?? PAGE, PAGE));
  const last = page.at(-1);
  return {
    Shards: page.map(describeShard),
    ...(last !== undefined &&
      page.length < rest.length && {
        NextToken: formatToken({ stream: stream.name, after: shardIdOf(last), filter, issuedMs: nowMs }),
      }),
  };
}

/** A shard as the API has it. */
export function describeShard(shard: ShardRecord) {
  const { closed, createdMs, createdAfter, parent, adjacentParent } = shard;
  return {
    ShardId: shardIdOf(shard),
    ...(parent !== undefined && { ParentShardId: shardIdOf({ index: parent }) }),
    ...(adjacentParent !== undefined && { AdjacentParentShardId: shardIdOf({ index: adjacentParent }) }),
    HashKeyRange: rangeOf(shard),
    SequenceNumberRange: {
      StartingSequenceNumber: formatSequence(shard, createdAfter, createdMs),
      ...(closed !== undefined && { EndingSequenceNumber: formatSequence(shard, closed.lastNumber, closed.atMs) }),
    },
  };
}

/** https://docs.aws.amazon.com/kinesis/latest/APIReference/API_ShardFilter.html */
function passes(stream: StreamRecord, shard: ShardRecord, filter: Place["filter"], nowMs: number): boolean {
  const horizonMs = Math.max(stream.createdMs, nowMs - stream.retentionHours * 60 * 60 * 1000);
  const isOpenAt = (atMs: number) =>
    shard.createdMs <= atMs && (shard.closed === undefined || shard.closed.atMs > atMs);
  const { Type, ShardId = "", atMs = 0 } = filter ?? {};
  switch (Type) {
    case "AFTER_SHARD_ID":
      return shardIdOf(shard) > ShardId;
    case "AT_TRIM_HORIZON":
      return isOpenAt(horizonMs);
    case "AT_LATEST":
      return shard.closed === undefined;
    case "AT_TIMESTAMP":
      return isOpenAt(Math.max(atMs, horizonMs));
    case "FROM_TIMESTAMP":
      return shard.closed === undefined || shard.closed.atMs >= atMs;
    default:
      return true;
  }
}

function toFilter(filter: Filter | undefined): Place["filter"] {
  if (filter === undefined) return undefined;
  const { Type, ShardId, Timestamp } = filter;
  if (Type === "AFTER_SHARD_ID" && ShardId === undefined)
    throw invalidArgument("ShardId must be specified for a ShardFilter of type AFTER_SHARD_ID.");
  if ((Type === "AT_TIMESTAMP" || Type === "FROM_TIMESTAMP") && Timestamp === undefined)
    throw invalidArgument(`Timestamp must be specified for a ShardFilter of type ${Type}.`);
  return { Type, ...(ShardId !== undefined && { ShardId }), ...(Timestamp && { atMs: Timestamp.getTime() }) };
}

function checkCreation(stream: StreamRecord, given: Date): void {
  if (Math.floor(given.getTime() / 1000) === Math.floor(stream.createdMs / 1000)) return;
  throw new AwsError(
    "ResourceNotFoundException",
    `Stream ${stream.name} under account ${stream.account} with creation timestamp ${given.toISOString()} not found.`,
  );
}

function formatToken(place: Place): string {
  return Buffer.from(JSON.stringify(place)).toString("base64");
}

function readToken(input: Input<"ListShards">, nowMs: number): Place {
  if (input.StreamName !== undefined || input.StreamARN !== undefined)
    throw invalidArgument("NextToken and StreamName cannot be provided together.");
  const place = tryRead(input.NextToken!);
  if (place === undefined) throw invalidArgument("Invalid NextToken.");
  if (place.issuedMs + TOKEN_MS >= nowMs) return place;
  throw new AwsError("ExpiredNextTokenException", "The pagination token passed to the operation is expired.");
}

function tryRead(token: string): Place | undefined {
  try {
    const place = JSON.parse(Buffer.from(token, "base64").toString()) as Partial<Place>;
    return typeof place.stream === "string" && typeof place.issuedMs === "number" ? (place as Place) : undefined;
  } catch {
    return undefined;
  }
}
