import { Duration, Token } from "aws-cdk-lib";
import type { BucketCors, BucketProps, BucketTarget, ListenOptions } from "./bucket.ts";
import type { Notification } from "./bucket-notifications.ts";
import { brokenRules, isWritten, type Rule } from "./problems.ts";

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots break TLS for names as hosts. */
const NAME = /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/;
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
      `bucketName: got '${bucketName}'; allowed are 3 to 63 of a-z 0-9 and -, with a letter or digit at both ends, and none of AWS's own beginnings and ends (xn--, sthree-, amzn-s3-demo-, -s3alias, --ol-s3, --x-s3, --table-s3)`,
  },
  {
    when: ({ bucketName: name }) => isWritten(name) && IN_NAMESPACE.test(name),
    message: ({ bucketName }) =>
      `bucketName: got '${bucketName}', a name of an account's own namespace; leave it out, and the bucket has one`,
  },
  {
    when: ({ bucketName, region }) => bucketName === undefined && WITHOUT_NAMESPACES.has(region),
    message: ({ region }) => `bucketName: ${region} has no namespaces of accounts; give a name that nobody else has`,
  },
  {
    when: ({ oldVersionExpiry, versioned = false }) => oldVersionExpiry !== undefined && !versioned,
    message: () => "oldVersionExpiry: only versioned buckets have old versions; set versioned: true, or leave it out",
  },
  {
    when: ({ emptied = false, removalPolicy = "destroy" }) => emptied && removalPolicy !== "destroy",
    message: ({ removalPolicy }) =>
      `emptied: a bucket whose removalPolicy is '${removalPolicy}' keeps its objects; leave it out`,
  },
];

/** What is wrong with a bucket by itself. */
export function bucketProblems(props: PlacedBucket): string[] {
  const { expiry = {}, oldVersionExpiry, abortUploads, cors = [] } = props;
  return [
    ...brokenRules(props, BUCKET_RULES),
    ...Object.entries(expiry).flatMap(([prefix, age]) => dayProblems(`expiry['${prefix}']`, age)),
    ...(oldVersionExpiry === undefined ? [] : dayProblems("oldVersionExpiry", oldVersionExpiry)),
    ...(abortUploads instanceof Duration ? dayProblems("abortUploads", abortUploads) : []),
    ...cors.flatMap((rule, index) => brokenRules(rule, CORS_RULES).map((problem) => `cors[${index}].${problem}`)),
  ];
}

function dayProblems(name: string, age: Duration): string[] {
  const seconds = age.toSeconds({ integral: false });
  if (seconds > 0 && seconds % 86_400 === 0) return [];
  return [`${name}: got ${seconds} seconds; allowed are whole days from 1, as S3 looks once a day`];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CORSRule.html */
const CORS_RULES: readonly Rule<BucketCors>[] = [
  {
    when: ({ origins, methods }) => origins.length === 0 || methods.length === 0,
    message: () => "origins, methods: one of them is empty; name who may ask, and how",
  },
  {
    when: ({ origins, headers = [] }) => [...origins, ...headers].some((text) => text.split("*").length > 2),
    message: () => "origins, headers: each may have one * at most",
  },
];

interface CheckedListener extends ListenOptions {
  readonly target: BucketTarget;
}

const LISTEN_RULES: readonly Rule<CheckedListener>[] = [
  {
    when: ({ target }) => isFifo(target),
    message: () => "on: S3 tells no FIFO queues and topics; take a standard one, or an EventBridge rule before it",
  },
  {
    when: ({ target, deadLetters }) => deadLetters !== undefined && ("queueArn" in target || "topicArn" in target),
    message: () => "deadLetters: queues and topics take what S3 tells them; only functions fail. Leave it out",
  },
];

/** What is wrong with who hears of a bucket. */
export function listenProblems(target: BucketTarget, options: ListenOptions): string[] {
  return brokenRules({ ...options, target }, LISTEN_RULES);
}

function isFifo(target: BucketTarget): boolean {
  return ("queueArn" in target || "topicArn" in target) && target.fifo;
}

/** S3 refuses two notifications of an event that an object could be in both of. */
export function overlapProblems(notifications: readonly Notification[]): string[] {
  return notifications.flatMap((first, index) =>
    notifications
      .slice(index + 1)
      .filter((second) => overlap(first, second))
      .map(
        (second) =>
          `on: ${describe(first)} and ${describe(second)} can mean the same object, and S3 tells one listener of it; make the prefixes or suffixes differ, or let a topic tell both`,
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

function describe({ event, prefix, suffix }: Notification): string {
  return `${event} of '${prefix}*${suffix}'`;
}
