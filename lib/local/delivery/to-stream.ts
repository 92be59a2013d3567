import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What a Kinesis stream receives. */
export interface StreamMessage {
  readonly data: string;
  readonly partitionKey: string | undefined;
}

/** Puts a record into a Kinesis stream. */
export function toStream(cloud: Cloud, arn: string, { data, partitionKey }: StreamMessage): TargetCall {
  const { region, resource } = readArn(arn);
  const input = { Data: Buffer.from(data), PartitionKey: partitionKey, StreamName: resource.replace("stream/", "") };
  return {
    arn,
    service: "kinesis",
    operation: "PutRecord",
    input,
    permission: { action: "kinesis:PutRecord", resource: arn },
    send: (context) => cloud.call("kinesis", "PutRecord", input, { region, ...context }),
  };
}
