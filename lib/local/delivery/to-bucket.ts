import { readArn } from "../kit/arn.ts";
import type { Cloud } from "../service.ts";
import type { TargetCall } from "./target-call.ts";

/** What a bucket keeps. */
export interface BucketMessage {
  readonly key: string;
  /** JSON text. */
  readonly body: string;
  /** Where the call is made: a bucket's ARN names no region. */
  readonly region: string;
}

/** Puts a JSON object into a bucket. */
export function toBucket(cloud: Cloud, arn: string, { key, body, region }: BucketMessage): TargetCall {
  const input = { Bucket: readArn(arn).resource, Key: key, Body: body, ContentType: "application/json" };
  return {
    arn,
    service: "s3",
    operation: "PutObject",
    input,
    permission: { action: "s3:PutObject", resource: `${arn}/${key}` },
    send: (context) => cloud.call("s3", "PutObject", input, { region, ...context }),
  };
}
