import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Kinesis } from "./context.ts";
import * as consumers from "./consumers.ts";
import * as getRecords from "./get-records.ts";
import * as getShardIterator from "./get-shard-iterator.ts";
import * as listShards from "./list-shards.ts";
import * as putRecords from "./put-records.ts";
import * as reshard from "./reshard.ts";
import * as resourcePolicy from "./resource-policy.ts";
import * as settings from "./settings.ts";
import * as streams from "./streams.ts";
import * as tags from "./tags.ts";
import * as subscribeToShard from "./subscribe-to-shard.ts";

/** The operations of Kinesis Data Streams that are carried. */
export function operationsOf(kinesis: Kinesis): Operations<"kinesis"> {
  return bindOperations("kinesis", kinesis, [
    subscribeToShard,
    consumers,
    getRecords,
    getShardIterator,
    listShards,
    putRecords,
    reshard,
    resourcePolicy,
    settings,
    streams,
    tags,
  ]);
}
