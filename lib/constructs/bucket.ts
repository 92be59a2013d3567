import { Duration, Lazy, RemovalPolicy, Stack, Token } from "aws-cdk-lib";
import {
  BlockPublicAccess,
  Bucket as CdkBucket,
  BucketEncryption,
  type BucketProps as CdkBucketProps,
  CfnBucket,
  type IBucketNotificationDestination,
  type LifecycleRule,
  type NotificationKeyFilter,
} from "aws-cdk-lib/aws-s3";
import { LambdaDestination, SnsDestination, SqsDestination } from "aws-cdk-lib/aws-s3-notifications";
import type { Construct } from "constructs";
import { bucketNamePrefix, nameInAccountNamespace, TwofoldName } from "./bucket-name.ts";
import { type Notification, notificationConfiguration, readFilters } from "./bucket-notifications.ts";
import {
  BUCKET_PROPS,
  type BucketEvent,
  type BucketProps,
  type BucketTarget,
  LISTEN_OPTIONS,
  type ListenOptions,
  SHARED_BUCKET_PROPS,
} from "./bucket-props.ts";
import { bucketProblems, eventProblems, listenProblems, overlapProblems } from "./bucket-rules.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { givenProps, requireConstruct } from "./given-props.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addCheck, addProblems } from "./problems.ts";
import { resourceOf } from "./resource-of.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

const ABORTED_AFTER = Duration.days(7);

/**
 * An S3 bucket: private, encrypted, over TLS only, with unfinished uploads deleted.
 *
 * Its notifications are part of its own template, without a function that sets them. S3 tests each target before it
 * creates the bucket, so the permissions come first, and with them the functions, which often need the bucket's name.
 * That is not a circle: the name is known before the bucket exists, and a bucket with notifications is named everywhere
 * instead of referred to. What needs such a bucket itself during the deployment, as aws-cdk-lib's `BucketDeployment` does,
 * has to depend on it: `deployment.node.addDependency(bucket)`.
 */
export class Bucket extends CdkBucket {
  readonly #notifications: Notification[] = [];
  #eventBridgeEnabled: boolean;

  constructor(scope: Construct, id: string, props: BucketProps = {}) {
    const stack = Stack.of(scope);
    const removalPolicy = props.removalPolicy ?? dataRemovalPolicy(scope);
    const problems = bucketProblems({ ...givenProps(scope, id, props), removalPolicy, region: stack.region });
    const given: BucketProps = problems.length > 0 ? {} : props;
    const prefix = given.bucketNamePrefix ?? bucketNamePrefix(scope, id);
    super(scope, id, {
      autoDeleteObjects: mayBeEmptied(scope, removalPolicy),
      ...cdkProps(given),
      removalPolicy,
    });
    refuseUnknownProps(this, props, BUCKET_PROPS);
    addProblems(this, problems);
    if (given.bucketName === undefined) this.#nameInAccountNamespace(prefix);
    const spelled = given.bucketName ?? nameInAccountNamespace(prefix, stack);
    const spelledOut = () => (this.#notifications.length > 0 ? spelled : undefined);
    NAMES.set(this, Token.asString(new TwofoldName(super.bucketName, spelledOut)));
    this.#eventBridgeEnabled = given.eventBridgeEnabled ?? false;
    const produce = () => notificationConfiguration(this.#notifications, this.#eventBridgeEnabled);
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

  /** Sends an event of objects to a target, and lets S3 do so. S3 sends each event of an object to one target. */
  on(event: BucketEvent, target: BucketTarget, options: ListenOptions = {}): this {
    requireConstruct(this.node.path, target, "on", "a Function, a Queue or a Topic");
    const problems = [...eventProblems(event), ...listenProblems(target, options)];
    refuseUnknownProps(this, options, LISTEN_OPTIONS, "on");
    addProblems(this, problems);
    if (problems.length > 0) return this;
    const { prefix, suffix, deadLetterQueue } = options;
    this.addEventNotification(event, destinationOf(target), { prefix, suffix });
    if (target instanceof ReleasedFunction && deadLetterQueue !== false) target.keepFailedEvents(deadLetterQueue);
    return this;
  }

  /** As in aws-cdk-lib, but as a part of the bucket's resource. */
  override addEventNotification(
    event: BucketEvent,
    destination: IBucketNotificationDestination,
    ...filters: NotificationKeyFilter[]
  ): void {
    const { arn, type, dependencies = [] } = destination.bind(this, this);
    this.#notifications.push({ event, ...readFilters(filters), arn, type });
    this.#resource.node.addDependency(...dependencies);
  }

  /** As the prop `eventBridgeEnabled`. */
  override enableEventBridgeNotification(): void {
    this.#eventBridgeEnabled = true;
  }

  /** With overrides: older versions of aws-cdk-lib do not have namespaces. */
  #nameInAccountNamespace(prefix: string): void {
    this.#resource.addPropertyOverride("BucketNamePrefix", prefix);
    this.#resource.addPropertyOverride("BucketNamespace", "account-regional");
  }

  get #resource(): CfnBucket {
    return resourceOf(this, CfnBucket);
  }
}

/** The names of buckets. What belongs to the bucket during its construction, as its policy does, refers to it. */
const NAMES = new WeakMap<Bucket, string>();

/** Data is deleted where the stage destroys it; a policy that was given by hand needs `autoDeleteObjects` too. */
function mayBeEmptied(scope: Construct, policy: RemovalPolicy): boolean {
  return policy === RemovalPolicy.DESTROY && dataRemovalPolicy(scope) === RemovalPolicy.DESTROY;
}

function cdkProps(props: BucketProps): CdkBucketProps {
  const {
    encryptionKey,
    encryption = encryptionKey === undefined ? BucketEncryption.S3_MANAGED : BucketEncryption.KMS,
  } = props;
  return {
    encryption,
    ...(encryptionKey !== undefined && encryption === BucketEncryption.KMS && { bucketKeyEnabled: true }),
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    enforceSSL: true,
    ...pickProps(props, SHARED_BUCKET_PROPS),
    lifecycleRules: lifecycleRules(props),
  };
}

function lifecycleRules(props: BucketProps): LifecycleRule[] {
  const { lifecycleRules: given = [], abortIncompleteMultipartUploadAfter = ABORTED_AFTER } = props;
  if (abortIncompleteMultipartUploadAfter === false) return [...given];
  return [{ id: "UnfinishedUploads", abortIncompleteMultipartUploadAfter }, ...given];
}

function destinationOf(target: BucketTarget): IBucketNotificationDestination {
  if ("queueArn" in target) return new SqsDestination(target);
  if ("topicArn" in target) return new SnsDestination(target);
  return new LambdaDestination(target);
}
