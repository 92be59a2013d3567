/** One property of a bucket that S3 sets by an operation of its own. */
export interface BucketSetting {
  readonly property: string;
  readonly put: string;
  /** The operation that takes it away, where there is one; else `off` is put. */
  readonly remove?: string;
  readonly off?: object;
  /** The template's value as the operation takes it. */
  readonly input: (value: unknown) => object;
}

type Json = Record<string, unknown>;

/** In the order in which they are set: ownership before policies, versioning before replication and locks. */
export const BUCKET_SETTINGS: readonly BucketSetting[] = [
  {
    property: "OwnershipControls",
    put: "PutBucketOwnershipControls",
    remove: "DeleteBucketOwnershipControls",
    input: (value) => ({ OwnershipControls: value }),
  },
  {
    property: "PublicAccessBlockConfiguration",
    put: "PutPublicAccessBlock",
    remove: "DeletePublicAccessBlock",
    input: (value) => ({ PublicAccessBlockConfiguration: value }),
  },
  {
    property: "VersioningConfiguration",
    put: "PutBucketVersioning",
    off: { VersioningConfiguration: { Status: "Suspended" } },
    input: (value) => ({ VersioningConfiguration: value }),
  },
  { property: "BucketEncryption", put: "PutBucketEncryption", remove: "DeleteBucketEncryption", input: encryption },
  { property: "CorsConfiguration", put: "PutBucketCors", remove: "DeleteBucketCors", input: cors },
  {
    property: "LifecycleConfiguration",
    put: "PutBucketLifecycleConfiguration",
    remove: "DeleteBucketLifecycle",
    input: lifecycle,
  },
  {
    property: "NotificationConfiguration",
    put: "PutBucketNotificationConfiguration",
    off: { NotificationConfiguration: {} },
    input: notification,
  },
  { property: "WebsiteConfiguration", put: "PutBucketWebsite", remove: "DeleteBucketWebsite", input: website },
  {
    property: "LoggingConfiguration",
    put: "PutBucketLogging",
    off: { BucketLoggingStatus: {} },
    input: logging,
  },
  {
    property: "AccelerateConfiguration",
    put: "PutBucketAccelerateConfiguration",
    off: { AccelerateConfiguration: { Status: "Suspended" } },
    input: (value) => ({ AccelerateConfiguration: { Status: (value as Json).AccelerationStatus } }),
  },
  {
    property: "ObjectLockConfiguration",
    put: "PutObjectLockConfiguration",
    off: { ObjectLockConfiguration: { ObjectLockEnabled: "Enabled" } },
    input: (value) => ({ ObjectLockConfiguration: value }),
  },
  {
    property: "ReplicationConfiguration",
    put: "PutBucketReplication",
    remove: "DeleteBucketReplication",
    input: (value) => ({ ReplicationConfiguration: value }),
  },
];

function list(value: unknown): Json[] {
  return (value as Json[] | undefined) ?? [];
}

function encryption(value: unknown): object {
  const rules = list((value as Json).ServerSideEncryptionConfiguration).map((rule) => ({
    ApplyServerSideEncryptionByDefault: rule.ServerSideEncryptionByDefault,
    BucketKeyEnabled: rule.BucketKeyEnabled,
  }));
  return { ServerSideEncryptionConfiguration: { Rules: rules } };
}

function cors(value: unknown): object {
  const CORSRules = list((value as Json).CorsRules).map((rule) => ({
    ID: rule.Id,
    AllowedHeaders: rule.AllowedHeaders,
    AllowedMethods: rule.AllowedMethods,
    AllowedOrigins: rule.AllowedOrigins,
    ExposeHeaders: rule.ExposedHeaders,
    MaxAgeSeconds: rule.MaxAge,
  }));
  return { CORSConfiguration: { CORSRules } };
}

function lifecycle(value: unknown): object {
  return { LifecycleConfiguration: { Rules: list((value as Json).Rules).map(lifecycleRule) } };
}

function lifecycleRule(rule: Json): Json {
  const expiration = {
    ...(rule.ExpirationInDays !== undefined && { Days: rule.ExpirationInDays }),
    ...(rule.ExpirationDate !== undefined && { Date: new Date(rule.ExpirationDate as string) }),
    ...(rule.ExpiredObjectDeleteMarker !== undefined && { ExpiredObjectDeleteMarker: rule.ExpiredObjectDeleteMarker }),
  };
  const transitions = [...list(rule.Transitions), ...(rule.Transition === undefined ? [] : [rule.Transition as Json])];
  const noncurrent = rule.NoncurrentVersionExpiration ?? daysOf(rule.NoncurrentVersionExpirationInDays);
  return {
    ID: rule.Id,
    Status: rule.Status,
    Filter: lifecycleFilter(rule),
    ...(Object.keys(expiration).length > 0 && { Expiration: expiration }),
    ...(transitions.length > 0 && { Transitions: transitions.map(transition) }),
    ...(noncurrent !== undefined && { NoncurrentVersionExpiration: noncurrent }),
    ...(rule.NoncurrentVersionTransitions !== undefined && {
      NoncurrentVersionTransitions: list(rule.NoncurrentVersionTransitions).map((item) => ({
        NoncurrentDays: item.TransitionInDays,
        StorageClass: item.StorageClass,
        NewerNoncurrentVersions: item.NewerNoncurrentVersions,
      })),
    }),
    ...(rule.AbortIncompleteMultipartUpload !== undefined && {
      AbortIncompleteMultipartUpload: rule.AbortIncompleteMultipartUpload,
    }),
  };
}

function daysOf(days: unknown): Json | undefined {
  return days === undefined ? undefined : { NoncurrentDays: days };
}

function transition(item: Json): Json {
  const date = item.TransitionDate === undefined ? undefined : new Date(item.TransitionDate as string);
  return { StorageClass: item.StorageClass, Days: item.TransitionInDays, Date: date };
}

/** Prefix, tags and sizes: one alone as it is, several under And. */
function lifecycleFilter(rule: Json): Json {
  const tags = list(rule.TagFilters);
  const parts: Json = {
    ...(rule.Prefix !== undefined && { Prefix: rule.Prefix }),
    ...(rule.ObjectSizeGreaterThan !== undefined && { ObjectSizeGreaterThan: Number(rule.ObjectSizeGreaterThan) }),
    ...(rule.ObjectSizeLessThan !== undefined && { ObjectSizeLessThan: Number(rule.ObjectSizeLessThan) }),
  };
  if (tags.length === 0 && Object.keys(parts).length <= 1)
    return Object.keys(parts).length === 0 ? { Prefix: "" } : parts;
  if (tags.length === 1 && Object.keys(parts).length === 0) return { Tag: tags[0] };
  return { And: { ...parts, ...(tags.length > 0 && { Tags: tags }) } };
}

function notification(value: unknown): object {
  const config = value as Json;
  const targets = (items: unknown, from: string, to: string) =>
    list(items).map((item) => ({ [to]: item[from], Events: [item.Event], Filter: keyFilter(item.Filter) }));
  const bridge = config.EventBridgeConfiguration as { EventBridgeEnabled?: boolean } | undefined;
  return {
    NotificationConfiguration: {
      LambdaFunctionConfigurations: targets(config.LambdaConfigurations, "Function", "LambdaFunctionArn"),
      QueueConfigurations: targets(config.QueueConfigurations, "Queue", "QueueArn"),
      TopicConfigurations: targets(config.TopicConfigurations, "Topic", "TopicArn"),
      ...(bridge && bridge.EventBridgeEnabled !== false && { EventBridgeConfiguration: {} }),
    },
  };
}

function keyFilter(filter: unknown): object | undefined {
  const rules = ((filter as Json | undefined)?.S3Key as Json | undefined)?.Rules;
  return rules === undefined ? undefined : { Key: { FilterRules: list(rules) } };
}

function website(value: unknown): object {
  const config = value as Json;
  const index = config.IndexDocument;
  const errorDocument = config.ErrorDocument;
  return {
    WebsiteConfiguration: {
      ...(index !== undefined && { IndexDocument: { Suffix: index } }),
      ...(errorDocument !== undefined && { ErrorDocument: { Key: errorDocument } }),
      RedirectAllRequestsTo: config.RedirectAllRequestsTo,
      ...(config.RoutingRules !== undefined && {
        RoutingRules: list(config.RoutingRules).map((rule) => ({
          Condition: rule.RoutingRuleCondition,
          Redirect: rule.RedirectRule,
        })),
      }),
    },
  };
}

function logging(value: unknown): object {
  const config = value as Json;
  return {
    BucketLoggingStatus: {
      LoggingEnabled: {
        TargetBucket: config.DestinationBucketName,
        TargetPrefix: config.LogFilePrefix ?? "",
        TargetObjectKeyFormat: config.TargetObjectKeyFormat,
      },
    },
  };
}
