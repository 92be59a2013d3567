import { AwsError } from "../../aws-error.ts";
import { shardIdOf, type ShardRecord, type StreamRecord } from "./records.ts";

/** `InvalidArgumentException` (400). */
export function invalidArgument(message: string): AwsError {
  return new AwsError("InvalidArgumentException", message);
}

/** `LimitExceededException` (400). */
export function limitExceeded(message: string): AwsError {
  return new AwsError("LimitExceededException", message);
}

/** `ResourceNotFoundException` for a stream, worded as AWS words it. */
export function streamMissing(name: string, account: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Stream ${name} under account ${account} not found.`);
}

/** `ResourceInUseException`: the stream is being created, changed or deleted. */
export function notActive({ name, account }: StreamRecord, status: string): AwsError {
  return new AwsError(
    "ResourceInUseException",
    `Stream ${name} under account ${account} not ACTIVE, instead in state ${status}`,
  );
}

/** `ResourceNotFoundException` for a shard, worded as AWS words it. */
export function shardMissing({ name, account }: StreamRecord, shardId: string): AwsError {
  return new AwsError(
    "ResourceNotFoundException",
    `Could not find shard ${shardId} in stream ${name} under account ${account}.`,
  );
}

/** `ProvisionedThroughputExceededException`: the shard's bytes or records per second are used up. */
export function rateExceeded({ name, account }: StreamRecord, shard: ShardRecord): AwsError {
  return new AwsError(
    "ProvisionedThroughputExceededException",
    `Rate exceeded for shard ${shardIdOf(shard)} in stream ${name} under account ${account}.`,
  );
}
