import { Duration, Lazy, RemovalPolicy, Stack, Token } from "aws-cdk-lib";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import {
  BlockPublicAccess,
  Bucket as CdkBucket,
  BucketEncryption,
  type BucketProps as CdkBucketProps,
  type CfnBucket,
  type CorsRule,
  type EventType,
  type HttpMethods,
  type IBucketNotificationDestination,
  type LifecycleRule,
  type NotificationKeyFilter,
} from "aws-cdk-lib/aws-s3";
import { LambdaDestination, SnsDestination, SqsDestination } from "aws-cdk-lib/aws-s3-notifications";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { bucketNamePrefix, nameInAccountNamespace, TwofoldName } from "./bucket-name.ts";
import { type Notification, notificationConfiguration, readFilters } from "./bucket-notifications.ts";
import { bucketProblems, listenProblems, overlapProblems } from "./bucket-rules.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { addCheck, addProblems } from "./problems.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

const ABORTED_AFTER = Duration.days(7);

/** Which pages of other origins may use a bucket. */
export interface BucketCors {
  /** For example `https://shop.example`; one `*` in each. */
  readonly origins: readonly string[];
  readonly methods: readonly `${HttpMethods}`[];
  /**
   * What the page may send.
   * @default - no headers of its own
   */
  readonly headers?: readonly string[];
  /**
   * What the page may read of the answer.
   * @default - what every answer has
   */
  readonly exposedHeaders?: readonly string[];
  /**
   * How long a browser remembers it.
   * @default - as long as the browser wants
   */
  readonly maxAge?: Duration;
}

/** Properties of a bucket. */
export interface BucketProps {
  /**
   * A name of the whole world's namespace: somebody else may have it.
   * @default - made of the stack's name and the construct's path, in the account's own namespace, where nobody else can take it
   */
  readonly bucketName?: string;
  /**
   * Keeps what was overwritten or deleted.
   * @default false
   */
  readonly versioned?: boolean;
  /**
   * How long old versions are kept. Whole days; deleted objects are forgotten with their last version.
   * @default - for ever
   */
  readonly oldVersionExpiry?: Duration;
  /**
   * How long objects live, by the beginning of their keys: `{ "tmp/": Duration.days(1) }`, with `""` for all. Whole days.
   * @default - for ever
   */
  readonly expiry?: Readonly<Record<string, Duration>>;
  /**
   * When the parts of an upload that nobody finished go. Whole days; false keeps them, unseen and paid for.
   * @default Duration.days(7)
   */
  readonly abortUploads?: Duration | false;
  /** @default - pages of other origins are kept out */
  readonly cors?: readonly BucketCors[];
  /**
   * A key that objects are encrypted with.
   * @default - keys of S3's own
   */
  readonly encryptionKey?: IKey;
  /**
   * Tells the account's default event bus of all that happens to objects: `source: ["aws.s3"]`.
   * @default false
   */
  readonly eventBridge?: boolean;
  /**
   * What becomes of the bucket when it is removed from the stack.
   * @default - kept in a protected stage and where no stage is known, destroyed otherwise
   */
  readonly removalPolicy?: RemovalPolicy;
  /**
   * Empties the bucket before it is destroyed; CloudFormation refuses to destroy one with objects in it. This adds
   * aws-cdk-lib's small function to the stack, one for all buckets: nothing else can do it wherever a removal comes
   * from, as the role that deploys may not delete objects. It runs at removals only, and costs nothing until then.
   * @default - where the stage lets data go
   */
  readonly emptied?: boolean;
}

/** An event as S3 writes it: `s3:ObjectCreated:*`, `s3:ObjectRemoved:Delete`, … */
export type BucketEvent = `${EventType}`;

/** Who can hear of a bucket. A function of ours means its alias. */
export type BucketTarget = IFunction | IQueue | ITopic;

/** Of which objects somebody hears, and what becomes of events that he fails for. */
export interface ListenOptions {
  /** @default - all beginnings of keys */
  readonly prefix?: string;
  /** @default - all ends of keys */
  readonly suffix?: string;
  /**
   * Where events go that a function of ours failed for three times; false drops them.
   * @default - a queue of the function's own that keeps them for 14 days
   */
  readonly deadLetters?: IQueue | false;
}

/**
 * An S3 bucket: private, encrypted, over TLS only, without uploads that nobody finished.
 *
 * Its notifications stand in its own template, without a function that sets them. S3 tries whom it notifies before it
 * takes the bucket, so that permissions come first, and with them the functions, which often want the bucket's name.
 * No circle comes of it: the name is known before the bucket is there, and where somebody hears of the bucket it is
 * spelled out everywhere instead of referred to. What needs such a bucket itself while it deploys, as aws-cdk-lib's
 * `BucketDeployment` does, is told to wait: `deployment.node.addDependency(bucket)`.
 */
export class Bucket extends CdkBucket {
  readonly #notifications: Notification[] = [];
  #eventBridge: boolean;

  constructor(scope: Construct, id: string, props: BucketProps = {}) {
    const stack = Stack.of(scope);
    const removalPolicy = props.removalPolicy ?? dataRemovalPolicy(scope);
    const problems = bucketProblems({ ...props, removalPolicy, region: stack.region });
    const given = problems.length > 0 ? {} : props;
    const prefix = bucketNamePrefix(scope, id);
    super(scope, id, {
      ...cdkProps(given),
      removalPolicy,
      autoDeleteObjects: given.emptied ?? mayBeEmptied(scope, removalPolicy),
    });
    addProblems(this, problems);
    if (given.bucketName === undefined) this.#nameInAccountNamespace(prefix);
    const spelled = given.bucketName ?? nameInAccountNamespace(prefix, stack);
    const spelledOut = () => (this.#notifications.length > 0 ? spelled : undefined);
    NAMES.set(this, Token.asString(new TwofoldName(super.bucketName, spelledOut)));
    this.#eventBridge = given.eventBridge ?? false;
    const produce = () => notificationConfiguration(this.#notifications, this.#eventBridge);
    this.#resource.notificationConfiguration = Lazy.any({ produce });
    addCheck(this, () => overlapProblems(this.#notifications));
  }

  override get bucketName(): string {
    return NAMES.get(this) ?? super.bucketName;
  }

  override get bucketArn(): string {
    const resource = NAMES.get(this);
    if (resource === undefined) return super.bucketArn;
    return this.stack.formatArn({ service: "s3", region: "", account: "", resource });
  }

  /** Lets somebody hear of an event of objects, and lets S3 in there. S3 tells one listener of an event of an object. */
  on(event: BucketEvent, target: BucketTarget, options: ListenOptions = {}): this {
    const problems = listenProblems(target, options);
    addProblems(this, problems);
    if (problems.length > 0) return this;
    const { prefix, suffix, deadLetters } = options;
    this.addEventNotification(event as EventType, destinationOf(target), { prefix, suffix });
    if (target instanceof ReleasedFunction && deadLetters !== false) target.keepFailedEvents(deadLetters);
    return this;
  }

  /** As aws-cdk-lib's own, but written into the bucket's template. */
  override addEventNotification(
    event: EventType,
    destination: IBucketNotificationDestination,
    ...filters: NotificationKeyFilter[]
  ): void {
    const { arn, type, dependencies = [] } = destination.bind(this, this);
    this.#notifications.push({ event, ...readFilters(filters), arn, type });
    this.#resource.node.addDependency(...dependencies);
  }

  /** As the prop `eventBridge`. */
  override enableEventBridgeNotification(): void {
    this.#eventBridge = true;
  }

  /** By the template's own words: older versions of aws-cdk-lib know no namespaces. */
  #nameInAccountNamespace(prefix: string): void {
    this.#resource.addPropertyOverride("BucketNamePrefix", prefix);
    this.#resource.addPropertyOverride("BucketNamespace", "account-regional");
  }

  get #resource(): CfnBucket {
    return this.node.defaultChild as CfnBucket;
  }
}

/** Of buckets that are made. What belongs to the bucket while it is being made, as its policy, refers to it. */
const NAMES = new WeakMap<Bucket, string>();

/** Data goes where the stage lets it go; a policy that says otherwise by hand is asked to say this too. */
function mayBeEmptied(scope: Construct, policy: RemovalPolicy): boolean {
  return policy === RemovalPolicy.DESTROY && dataRemovalPolicy(scope) === RemovalPolicy.DESTROY;
}

function cdkProps({ bucketName, versioned, encryptionKey, cors = [], ...props }: BucketProps): CdkBucketProps {
  return {
    bucketName,
    versioned,
    encryption: encryptionKey === undefined ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS,
    ...(encryptionKey !== undefined && { encryptionKey, bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    lifecycleRules: lifecycleRules(props),
    ...(cors.length > 0 && { cors: cors.map((rule) => corsRule(rule)) }),
  };
}

function lifecycleRules({ expiry = {}, oldVersionExpiry, abortUploads = ABORTED_AFTER }: BucketProps): LifecycleRule[] {
  return [
    ...(abortUploads === false ? [] : [{ id: "UnfinishedUploads", abortIncompleteMultipartUploadAfter: abortUploads }]),
    ...(oldVersionExpiry === undefined
      ? []
      : [{ id: "OldVersions", noncurrentVersionExpiration: oldVersionExpiry, expiredObjectDeleteMarker: true }]),
    ...Object.entries(expiry).map(([prefix, expiration]) => ({ ...(prefix !== "" && { prefix }), expiration })),
  ];
}

function corsRule({ origins, methods, headers, exposedHeaders, maxAge }: BucketCors): CorsRule {
  return {
    allowedOrigins: [...origins],
    allowedMethods: methods as HttpMethods[],
    ...(headers !== undefined && { allowedHeaders: [...headers] }),
    ...(exposedHeaders !== undefined && { exposedHeaders: [...exposedHeaders] }),
    ...(maxAge !== undefined && { maxAge: maxAge.toSeconds() }),
  };
}

function destinationOf(target: BucketTarget): IBucketNotificationDestination {
  if ("queueArn" in target) return new SqsDestination(target);
  if ("topicArn" in target) return new SnsDestination(target);
  return new LambdaDestination(target);
}
