import { randomUUID } from "node:crypto";

/** Whether a failure's destination is a bucket, which stores a record as an object. */
export function isBucketArn(arn: string): boolean {
  return arn.split(":")[2] === "s3";
}

/**
 * Key of the record of an asynchronous event that failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export function eventRecordKey(functionName: string, atMs: number): string {
  return `aws/lambda/async/${functionName}/${timePart(atMs)}`;
}

/**
 * Key of the record of a discarded batch.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html
 */
export function batchRecordKey(mappingUuid: string, shardId: string, atMs: number): string {
  return `aws/lambda/${mappingUuid}/${shardId}/${timePart(atMs)}`;
}

/** `YYYY/MM/DD/YYYY-MM-DDTHH.MM.SS-<random>`, in UTC. */
function timePart(atMs: number): string {
  const second = new Date(atMs).toISOString().slice(0, 19);
  return `${second.slice(0, 10).replaceAll("-", "/")}/${second.replaceAll(":", ".")}-${randomUUID()}`;
}
