import { isAwsError } from "../../../aws-error.ts";
import { mayInvokeFunction } from "../../../policy/function-grant.ts";
import { grantsService } from "../../../policy/service-grant.ts";
import type { S3 } from "../context.ts";

/** The kinds of what a bucket notifies: their name in refusals, and the service in their ARNs. */
export const DESTINATION_KINDS = { CloudFunction: "lambda", Queue: "sqs", Topic: "sns" } as const;

export type DestinationKind = keyof typeof DESTINATION_KINDS;

/** As which S3 comes to what it notifies. */
const SERVICE = "s3.amazonaws.com";

/** What a bucket notifies. */
export interface Destination {
  readonly kind: DestinationKind;
  readonly arn: string;
}

/** Why S3 may not notify a destination for a bucket, in AWS's words; nothing when it may. */
export async function findDestinationProblem(
  s3: S3,
  bucket: string,
  { kind, arn }: Destination,
): Promise<string | undefined> {
  const name = kind.toLowerCase();
  if (kind === "CloudFunction") {
    const caller = { service: SERVICE, sourceArn: `arn:aws:s3:::${bucket}` };
    return (await mayInvokeFunction(s3.cloud, arn, caller)) ? undefined : `Not authorized to invoke function [${arn}]`;
  }
  if (kind === "Queue" && arn.endsWith(".fifo")) return "FIFO SQS queues are not supported.";
  const found = kind === "Queue" ? await findQueuePolicy(s3, arn) : await findTopicPolicy(s3, arn);
  if (found === undefined) return `The destination ${name} does not exist`;
  if (isGrantedBy(s3, bucket, found.policy, arn, kind === "Queue" ? "sqs:SendMessage" : "sns:Publish"))
    return undefined;
  return `Permissions on the destination ${name} do not allow S3 to publish notifications from this bucket`;
}

function isGrantedBy(s3: S3, bucket: string, policy: string | undefined, resource: string, action: string): boolean {
  return grantsService(policy, {
    service: SERVICE,
    action,
    resource,
    sourceArn: `arn:aws:s3:::${bucket}`,
    sourceAccount: s3.cloud.account,
  });
}

interface Found {
  readonly policy: string | undefined;
}

async function findQueuePolicy(s3: S3, arn: string): Promise<Found | undefined> {
  const [, , , region = ""] = arn.split(":");
  const QueueUrl = await findQueueUrl(s3, arn);
  if (QueueUrl === undefined) return undefined;
  const input = { QueueUrl, AttributeNames: ["Policy" as const] };
  const answer = await tolerateMissing(s3.cloud.call("sqs", "GetQueueAttributes", input, { region }));
  return answer && { policy: answer.Attributes?.Policy };
}

/** The URL of a queue, or nothing where there is none. */
export async function findQueueUrl(s3: S3, arn: string): Promise<string | undefined> {
  const [, , , region = "", QueueOwnerAWSAccountId = "", QueueName = ""] = arn.split(":");
  const input = { QueueName, QueueOwnerAWSAccountId };
  return (await tolerateMissing(s3.cloud.call("sqs", "GetQueueUrl", input, { region })))?.QueueUrl;
}

async function findTopicPolicy(s3: S3, arn: string): Promise<Found | undefined> {
  const [, , , region = ""] = arn.split(":");
  const answer = await tolerateMissing(s3.cloud.call("sns", "GetTopicAttributes", { TopicArn: arn }, { region }));
  return answer && { policy: answer.Attributes?.["Policy"] };
}

async function tolerateMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isAwsError(error) && (error.statusCode ?? 400) < 500) return undefined;
    throw error;
  }
}
