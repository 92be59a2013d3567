import type { ServiceFactory } from "../../service.ts";
import { deregisterConsumer, describeConsumer, listConsumers, registerConsumer } from "./consumers.ts";
import { getRecords } from "./get-records.ts";
import { getShardIterator } from "./get-shard-iterator.ts";
import { openKinesis } from "./context.ts";
import { listShards } from "./list-shards.ts";
import { putRecord, putRecords } from "./put-records.ts";
import { mergeShards, splitShard, updateShardCount } from "./reshard.ts";
import { deletePolicy, getPolicy, putPolicy } from "./resource-policy.ts";
import {
  decreaseRetention,
  disableMonitoring,
  enableMonitoring,
  increaseRetention,
  startEncryption,
  stopEncryption,
  updateMaxRecordSize,
  updateStreamMode,
} from "./settings.ts";
import {
  createStream,
  deleteStream,
  describeLimits,
  describeStream,
  describeStreamSummary,
  listStreams,
} from "./streams.ts";
import { subscribeToShard, type Subscriptions } from "./subscribe-to-shard.ts";
import { addTags, listResourceTags, listTags, removeTags, tagResource, untagResource } from "./tags.ts";

/** Kinesis Data Streams: shards that take, keep and give records in order. See the README for what it leaves out. */
export const createKinesis: ServiceFactory<"kinesis"> = (cloud) => {
  const kinesis = openKinesis(cloud);
  const subscriptions: Subscriptions = new Map();
  return {
    name: "kinesis",
    operations: {
      AddTagsToStream: (input, context) => addTags(kinesis, input, context),
      CreateStream: (input, context) => createStream(kinesis, input, context),
      DecreaseStreamRetentionPeriod: (input, context) => decreaseRetention(kinesis, input, context),
      DeleteResourcePolicy: (input, context) => deletePolicy(kinesis, input, context),
      DeleteStream: (input, context) => deleteStream(kinesis, input, context),
      DeregisterStreamConsumer: (input, context) => deregisterConsumer(kinesis, input, context),
      DescribeLimits: (_, context) => describeLimits(kinesis, context),
      DescribeStream: (input, context) => describeStream(kinesis, input, context),
      DescribeStreamConsumer: (input, context) => describeConsumer(kinesis, input, context),
      DescribeStreamSummary: (input, context) => describeStreamSummary(kinesis, input, context),
      DisableEnhancedMonitoring: (input, context) => disableMonitoring(kinesis, input, context),
      EnableEnhancedMonitoring: (input, context) => enableMonitoring(kinesis, input, context),
      GetRecords: (input, context) => getRecords(kinesis, input, context),
      GetResourcePolicy: (input, context) => getPolicy(kinesis, input, context),
      GetShardIterator: (input, context) => getShardIterator(kinesis, input, context),
      IncreaseStreamRetentionPeriod: (input, context) => increaseRetention(kinesis, input, context),
      ListShards: (input, context) => listShards(kinesis, input, context),
      ListStreamConsumers: (input, context) => listConsumers(kinesis, input, context),
      ListStreams: (input, context) => listStreams(kinesis, input, context),
      ListTagsForResource: (input, context) => listResourceTags(kinesis, input, context),
      ListTagsForStream: (input, context) => listTags(kinesis, input, context),
      MergeShards: (input, context) => mergeShards(kinesis, input, context),
      PutRecord: (input, context) => putRecord(kinesis, input, context),
      PutRecords: (input, context) => putRecords(kinesis, input, context),
      PutResourcePolicy: (input, context) => putPolicy(kinesis, input, context),
      RegisterStreamConsumer: (input, context) => registerConsumer(kinesis, input, context),
      RemoveTagsFromStream: (input, context) => removeTags(kinesis, input, context),
      SplitShard: (input, context) => splitShard(kinesis, input, context),
      StartStreamEncryption: (input, context) => startEncryption(kinesis, input, context),
      StopStreamEncryption: (input, context) => stopEncryption(kinesis, input, context),
      SubscribeToShard: (input, context) => subscribeToShard(kinesis, subscriptions, input, context),
      TagResource: (input, context) => tagResource(kinesis, input, context),
      UntagResource: (input, context) => untagResource(kinesis, input, context),
      UpdateMaxRecordSize: (input, context) => updateMaxRecordSize(kinesis, input, context),
      UpdateShardCount: (input, context) => updateShardCount(kinesis, input, context),
      UpdateStreamMode: (input, context) => updateStreamMode(kinesis, input, context),
    },
    stop: async () => {
      for (const { ending } of subscriptions.values()) ending.abort();
      await kinesis.metrics.close();
    },
  };
};
