import type { Duration, RemovalPolicy } from "aws-cdk-lib";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type {
  BlockPublicAccess,
  BucketEncryption,
  BucketProps as CdkBucketProps,
  EventType,
  LifecycleRule,
  NotificationKeyFilter,
} from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that `Bucket` of aws-cdk-lib has, with the same meaning, and that are handed on to it as they are. */
export const SHARED_BUCKET_PROPS = [
  "abacStatus",
  "accessControl",
  "autoDeleteObjects",
  "blockPublicAccess",
  "blockedEncryptionTypes",
  "bucketKeyEnabled",
  "bucketName",
  "cors",
  "encryption",
  "encryptionKey",
  "enforceSSL",
  "intelligentTieringConfigurations",
  "inventories",
  "metrics",
  "minimumTLSVersion",
  "objectLockDefaultRetention",
  "objectLockEnabled",
  "objectOwnership",
  "publicReadAccess",
  "removalPolicy",
  "replicationRole",
  "replicationRules",
  "serverAccessLogsBucket",
  "serverAccessLogsPrefix",
  "targetObjectKeyFormat",
  "transferAcceleration",
  "transitionDefaultMinimumObjectSize",
  "versioned",
  "websiteErrorDocument",
  "websiteIndexDocument",
  "websiteRedirect",
  "websiteRoutingRules",
] as const satisfies readonly (keyof CdkBucketProps)[];

type SharedBucketProps = SharedProps<CdkBucketProps, typeof SHARED_BUCKET_PROPS>;

/** Properties of a bucket. What is not described here is as in aws-cdk-lib's `Bucket`. */
export interface BucketProps extends SharedBucketProps {
  /**
   * A name in the global namespace, which all accounts share.
   * @default - a name in the account's own namespace, which starts with `bucketNamePrefix`
   */
  readonly bucketName?: string;
  /**
   * Start of the name in the account's own namespace, up to 32 characters. Not with `bucketName`.
   * @default - made of the stack's name and the construct's path
   */
  readonly bucketNamePrefix?: string;
  /**
   * Rules for objects to expire or move to other storage classes. Ages are whole days.
   * @default - only that of `abortIncompleteMultipartUploadAfter`
   */
  readonly lifecycleRules?: readonly LifecycleRule[];
  /**
   * When the parts of an unfinished upload are deleted. Whole days; false keeps them, invisible and billed.
   * @default Duration.days(7)
   */
  readonly abortIncompleteMultipartUploadAfter?: Duration | false;
  /**
   * How objects are encrypted.
   * @default - BucketEncryption.KMS with `encryptionKey`, BucketEncryption.S3_MANAGED without
   */
  readonly encryption?: BucketEncryption;
  /** @default BlockPublicAccess.BLOCK_ALL */
  readonly blockPublicAccess?: BlockPublicAccess;
  /**
   * Denies requests without TLS.
   * @default true
   */
  readonly enforceSSL?: boolean;
  /**
   * Sends all of the bucket's events to the account's default event bus, with `source: ["aws.s3"]`.
   * @default false
   */
  readonly eventBridgeEnabled?: boolean;
  /**
   * What happens to the bucket when it is removed from the stack.
   * @default - retained in a protected stage and where the stage is not known, destroyed otherwise
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Empties the bucket before it is destroyed; CloudFormation cannot destroy a bucket with objects. This adds
   * aws-cdk-lib's small function to the stack, one for all buckets: the role that deploys may not delete objects. It runs
   * only at removals.
   * @default - true where the stage destroys data and `removalPolicy` does too
   */
  readonly autoDeleteObjects?: boolean;
}

const OWN_BUCKET_PROPS: PropNames<Omit<BucketProps, keyof SharedBucketProps>> = {
  abortIncompleteMultipartUploadAfter: true,
  bucketNamePrefix: true,
  eventBridgeEnabled: true,
  lifecycleRules: true,
};

/** The names of a bucket's props. */
export const BUCKET_PROPS: readonly string[] = [...SHARED_BUCKET_PROPS, ...Object.keys(OWN_BUCKET_PROPS)];

/** An event as S3 or aws-cdk-lib writes it: `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`, … */
export type BucketEvent = EventType | `${EventType}`;

/** What can receive a bucket's events. A function of ours means its alias. */
export type BucketTarget = IFunction | IQueue | ITopic;

/** Which objects a target receives events of, and where events go that it failed for. */
export interface ListenOptions extends NotificationKeyFilter {
  /** @default - every start of a key */
  readonly prefix?: string;
  /** @default - every end of a key */
  readonly suffix?: string;
  /**
   * Where events go that a function of ours failed for after all retries; false drops them.
   * @default - a queue of the function's own that keeps them for 14 days
   */
  readonly deadLetterQueue?: IQueue | false;
}

const LISTEN_NAMES: PropNames<ListenOptions> = { deadLetterQueue: true, prefix: true, suffix: true };

/** The names of the options of `on`. */
export const LISTEN_OPTIONS: readonly string[] = Object.keys(LISTEN_NAMES);
