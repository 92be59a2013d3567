import { notCarried } from "../../kit/not-carried.ts";
import { AwsError } from "../../aws-error.ts";
import type { Protocol, TopicRecord } from "./records.ts";
import { invalidParameter } from "./errors.ts";

const ARN = /^arn:[\w-]+:(\w+):[\w-]+:\d{12}:(.+)$/;
const PHONE = /^\+?[0-9]([-. ]?[0-9])+$/;

/** Each protocol's check of an endpoint: nothing when it is valid, or AWS's error. */
const RULES: ReadonlyMap<string, (endpoint: string) => AwsError | undefined> = new Map([
  ["http", (endpoint) => refuseUnless(isUrl(endpoint, "http:"), "Endpoint must match the specified protocol")],
  ["https", (endpoint) => refuseUnless(isUrl(endpoint, "https:"), "Endpoint must match the specified protocol")],
  ["email", (endpoint) => refuseUnless(/^[^@\s]+@[^@\s]+$/.test(endpoint), "Email address")],
  ["email-json", (endpoint) => refuseUnless(/^[^@\s]+@[^@\s]+$/.test(endpoint), "Email address")],
  ["sqs", (endpoint) => refuseUnless(ARN.exec(endpoint)?.[1] === "sqs", "SQS endpoint ARN")],
  ["lambda", (endpoint) => refuseUnless(ARN.exec(endpoint)?.[1] === "lambda", "Lambda endpoint ARN")],
  [
    "sms",
    (endpoint) =>
      PHONE.test(endpoint) ? undefined : new AwsError("InvalidParameterException", `Invalid SMS endpoint: ${endpoint}`),
  ],
]);

/** Refuses a subscription that SNS does not take. */
export function validateEndpoint(topic: TopicRecord, protocol: string, endpoint: string): Protocol {
  if (protocol === "application" || protocol === "firehose") {
    throw notCarried(`subscriptions by ${protocol}`, "Subscribe a queue, a function or a web address.");
  }
  const rule = RULES.get(protocol);
  if (rule === undefined) throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`);
  const problem = rule(endpoint);
  if (problem !== undefined) throw problem;
  refuseMixedOrder(topic, protocol, endpoint);
  return protocol as Protocol;
}

function refuseMixedOrder(topic: TopicRecord, protocol: string, endpoint: string): void {
  if (topic.isFifo && protocol !== "sqs") throw invalidParameter(`Invalid protocol type: ${protocol}`);
  if (!topic.isFifo && protocol === "sqs" && endpoint.endsWith(".fifo")) {
    throw invalidParameter(
      "Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics",
    );
  }
}

function isUrl(endpoint: string, protocol: string): boolean {
  return URL.canParse(endpoint) && new URL(endpoint).protocol === protocol;
}

function refuseUnless(isRight: boolean, detail: string): AwsError | undefined {
  return isRight ? undefined : invalidParameter(detail);
}
