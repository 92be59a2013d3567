import { AwsError } from "../../aws-error.ts";
import { shardIdOf, type ShardRecord, type StreamRecord } from "./records.ts";

export function invalidArgument(message: string): AwsError {
  return new AwsError("InvalidArgumentException", message);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError("LimitExceededException", message);
}

export function streamMissing(name: string, account: string): AwsError {
  return new AwsError("ResourceNotFoundException", `Stream ${name} under account ${account} not found.`);
}

export function notActive({ name, account }: StreamRecord, status: string): AwsError {
  return new AwsError(
    "ResourceInUseException",
    `Stream ${name} under account ${account} not ACTIVE, instead in state ${status}`,
  );
}

export function shardMissing({ name, account }: StreamRecord, shardId: string): AwsError {
  return new AwsError(
    "ResourceNotFoundException",
    `Could not find shard ${shardId} in stream ${name} under account ${account}.`,
  );
}

export function rateExceeded({ name, account }: StreamRecord, shard: ShardRecord): AwsError {
  return new AwsError(
    "ProvisionedThroughputExceededException",
    `Rate exceeded for shard ${shardIdOf(shard)} in stream ${name} under account ${account}.`,
  );
}
