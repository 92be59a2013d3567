import { isAwsError } from "../../../aws-error.ts";
import { isGranted } from "../../../delivery/authority.ts";
import type { Cloud } from "../../../service.ts";

/** The kinds of what a bucket notifies: their name in refusals, and the service in their ARNs. */
export const DESTINATION_KINDS = { CloudFunction: "lambda", Queue: "sqs", Topic: "sns" } as const;

/** What can receive a bucket's events. */
export type DestinationKind = keyof typeof DESTINATION_KINDS;

const ACTIONS: Readonly<Record<DestinationKind, string>> = {
  CloudFunction: "lambda:InvokeFunction",
  Queue: "sqs:SendMessage",
  Topic: "sns:Publish",
};

/** What a bucket notifies. */
export interface Destination {
  readonly kind: DestinationKind;
  readonly arn: string;
}

/** Why S3 may not notify a destination for a bucket, in AWS's words; nothing when it may. */
export async function findDestinationProblem(
  cloud: Cloud,
  bucket: string,
  { kind, arn }: Destination,
): Promise<string | undefined> {
  const name = kind.toLowerCase();
  const permission = { action: ACTIONS[kind], resource: arn };
  const grantee = { service: "s3.amazonaws.com", sourceArn: `arn:aws:s3:::${bucket}` };
  if (kind === "Queue" && arn.endsWith(".fifo")) return "FIFO SQS queues are not supported.";
  const found = await tolerateMissing(isGranted(cloud, { arn, permission }, grantee));
  if (found === true) return undefined;
  if (kind === "CloudFunction") return `Not authorized to invoke function [${arn}]`;
  if (found === undefined) return `The destination ${name} does not exist`;
  return `Permissions on the destination ${name} do not allow S3 to publish notifications from this bucket`;
}

async function tolerateMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAwsError(error) && (error.statusCode ?? 400) < 500) return undefined;
    throw error;
  }
}
