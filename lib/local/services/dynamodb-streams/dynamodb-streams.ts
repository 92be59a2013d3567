import { ChangeStreams } from "../../state/change-stream.ts";
import type { Cloud, LocalService } from "../../service.ts";
import { describeStream } from "./describe-stream.ts";
import { getRecords } from "./get-records.ts";
import { getShardIterator } from "./get-shard-iterator.ts";
import { listStreams } from "./list-streams.ts";

/** DynamoDB Streams: reads the changes that DynamoDB keeps. See the README for what it leaves out. */
export function createDynamodbStreams(cloud: Cloud): LocalService<"dynamodb-streams"> {
  const changes = new ChangeStreams(cloud.store);
  return {
    name: "dynamodb-streams",
    operations: {
      ListStreams: (input, context) => listStreams(changes, input, context),
      DescribeStream: (input) => describeStream(changes, cloud, input),
      GetShardIterator: (input) => getShardIterator(changes, cloud, input),
      GetRecords: (input) => getRecords(changes, cloud, input),
    },
  };
}
