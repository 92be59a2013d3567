import { Duration, Token } from "aws-cdk-lib";
import { EventType, type CorsRule, type LifecycleRule } from "aws-cdk-lib/aws-s3";
import { tryFindNearestName } from "../util/nearest-name.ts";
import type { Notification } from "./bucket-notifications.ts";
import type { BucketProps, BucketTarget, ListenOptions } from "./bucket-props.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots break TLS for names as hosts. */
const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
const PREFIX = /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/;
const RESERVED = /^(?:xn--|sthree-|amzn-s3-demo-)|(?:-s3alias|--ol-s3|--x-s3|--table-s3)$/;
const IN_NAMESPACE = /-\d{12}-[a-z0-9-]+-an$/;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html */
const WITHOUT_NAMESPACES = new Set(["me-south-1", "me-central-1"]);

interface PlacedBucket extends BucketProps {
  readonly region: string;
}

const BUCKET_RULES: readonly Rule<PlacedBucket>[] = [
  {
    when: ({ bucketName: name }) => isWritten(name) && (!NAME.test(name) || RESERVED.test(name)),
    message: ({ bucketName }) =>
      `bucketName: got '${bucketName}'; allowed are 3 to 63 of a-z 0-9 and -, with a letter or digit at both ends, and none of AWS's own prefixes and suffixes (xn--, sthree-, amzn-s3-demo-, -s3alias, --ol-s3, --x-s3, --table-s3)`,
  },
  {
    when: ({ bucketName: name }) => isWritten(name) && IN_NAMESPACE.test(name),
    message: ({ bucketName }) =>
      `bucketName: got '${bucketName}', a name in an account's own namespace; leave it out, and the bucket gets one`,
  },
  {
    when: ({ bucketName, bucketNamePrefix }) => bucketName !== undefined && bucketNamePrefix !== undefined,
    message: () => "bucketNamePrefix: a bucketName has none; leave out one of them",
  },
  {
    when: ({ bucketNamePrefix: prefix }) => isWritten(prefix) && !PREFIX.test(prefix),
    message: ({ bucketNamePrefix }) =>
      `bucketNamePrefix: got '${bucketNamePrefix}'; allowed are 1 to 32 of a-z 0-9 and -, with a letter or digit at both ends`,
  },
  {
    when: ({ bucketName, region }) => bucketName === undefined && WITHOUT_NAMESPACES.has(region),
    message: ({ region }) => `bucketName: ${region} has no namespaces of accounts; give a globally unique name`,
  },
  {
    when: ({ lifecycleRules = [], versioned = false }) =>
      !versioned && lifecycleRules.some(({ noncurrentVersionExpiration: age }) => age !== undefined),
    message: () =>
      "lifecycleRules: noncurrentVersionExpiration: only versioned buckets have old versions; set versioned: true, or leave it out",
  },
  {
    when: ({ autoDeleteObjects = false, removalPolicy = "destroy" }) =>
      autoDeleteObjects && removalPolicy !== "destroy",
    message: ({ removalPolicy }) =>
      `autoDeleteObjects: a bucket whose removalPolicy is '${removalPolicy}' keeps its objects; leave it out`,
  },
];

const AGES = [
  "abortIncompleteMultipartUploadAfter",
  "expiration",
  "noncurrentVersionExpiration",
] as const satisfies readonly (keyof LifecycleRule)[];

/** The problems of a bucket alone. */
export function bucketProblems(props: PlacedBucket): string[] {
  const { abortIncompleteMultipartUploadAfter: abort, lifecycleRules = [], cors = [] } = props;
  return [
    ...brokenRules(props, BUCKET_RULES),
    ...(abort instanceof Duration ? dayProblems("abortIncompleteMultipartUploadAfter", abort) : []),
    ...lifecycleRules.flatMap((rule, index) =>
      AGES.flatMap((name) => dayProblems(`lifecycleRules[${index}].${name}`, rule[name])),
    ),
    ...cors.flatMap((rule, index) => brokenRules(rule, CORS_RULES).map((problem) => `cors[${index}].${problem}`)),
  ];
}

function dayProblems(name: string, age: Duration | undefined): string[] {
  if (age === undefined || age.isUnresolved()) return [];
  const seconds = age.toSeconds({ integral: false });
  if (seconds > 0 && seconds % 86_400 === 0) return [];
  return [`${name}: got ${seconds} seconds; allowed are whole days from 1, as S3 checks once a day`];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html */
const CORS_RULES: readonly Rule<CorsRule>[] = [
  {
    when: ({ allowedOrigins, allowedMethods }) => allowedOrigins.length === 0 || allowedMethods.length === 0,
    message: () => "allowedOrigins, allowedMethods: one of them is empty; each needs a value",
  },
  {
    when: ({ allowedOrigins, allowedHeaders = [] }) =>
      [...allowedOrigins, ...allowedHeaders].some((text) => text.split("*").length > 2),
    message: () => "allowedOrigins, allowedHeaders: each value may have one * at most",
  },
];

interface CheckedListener extends ListenOptions {
  readonly target: BucketTarget;
}

const LISTEN_RULES: readonly Rule<CheckedListener>[] = [
  {
    when: ({ target }) => isFifo(target),
    message: () =>
      "on: S3 does not deliver to FIFO queues and topics; use a standard one, or an EventBridge rule before it",
  },
  {
    when: ({ target, deadLetterQueue: queue }) => queue !== undefined && ("queueArn" in target || "topicArn" in target),
    message: () => "deadLetterQueue: only a function can fail for an event; leave it out for queues and topics",
  },
];

/** What is wrong with the name of an event. */
export function eventProblems(event: string): string[] {
  const known = Object.values<string>(EventType);
  if (known.includes(event) || Token.isUnresolved(event)) return [];
  const nearest = tryFindNearestName(event, known);
  return [
    `on: S3 has no event '${event}'. ${nearest === undefined ? `It has ${known.join(", ")}.` : `Did you mean '${nearest}'?`}`,
  ];
}

/** What is wrong with a target of a bucket's events. */
export function listenProblems(target: BucketTarget, options: ListenOptions): string[] {
  return brokenRules({ ...options, target }, LISTEN_RULES);
}

function isFifo(target: BucketTarget): boolean {
  return ("queueArn" in target || "topicArn" in target) && target.fifo;
}

/** S3 refuses two notifications of the same event that can match the same object. */
export function overlapProblems(notifications: readonly Notification[]): string[] {
  return notifications.flatMap((first, index) =>
    notifications
      .slice(index + 1)
      .filter((second) => overlap(first, second))
      .map(
        (second) =>
          `on: ${notificationText(first)} and ${notificationText(second)} can match the same object, and S3 sends its event to one target; make the prefixes or suffixes differ, or use a topic for both`,
      ),
  );
}

function overlap(first: Notification, second: Notification): boolean {
  const keys = [first.prefix, first.suffix, second.prefix, second.suffix];
  if (keys.some((key) => Token.isUnresolved(key)) || !shareEvents(first.event, second.event)) return false;
  const isBeginning = first.prefix.startsWith(second.prefix) || second.prefix.startsWith(first.prefix);
  return isBeginning && (first.suffix.endsWith(second.suffix) || second.suffix.endsWith(first.suffix));
}

function shareEvents(first: string, second: string): boolean {
  const covers = (all: string, one: string) => all === one || (all.endsWith("*") && one.startsWith(all.slice(0, -1)));
  return covers(first, second) || covers(second, first);
}

function notificationText({ event, prefix, suffix }: Notification): string {
  return `${event} of '${prefix}*${suffix}'`;
}
