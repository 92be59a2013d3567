import type { FindPermissions, Permission, RequestInput } from "./permission.ts";
import { structureOf, structuresOf, textOf } from "./read-input.ts";
import { percentDecode } from "../../util/percent-decode.ts";

/** The actions of operations with another name. */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadBucket: "ListBucket",
  ListObjects: "ListBucket",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListBuckets: "ListAllMyBuckets",
  HeadObject: "GetObject",
  GetObjectAttributes: "GetObject",
  SelectObjectContent: "GetObject",
  CreateMultipartUpload: "PutObject",
  UploadPart: "PutObject",
  CompleteMultipartUpload: "PutObject",
  ListParts: "ListMultipartUploadParts",
  PutBucketCors: "PutBucketCORS",
  GetBucketCors: "GetBucketCORS",
  DeleteBucketCors: "PutBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  PutBucketEncryption: "PutEncryptionConfiguration",
  DeleteBucketEncryption: "PutEncryptionConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  GetBucketReplication: "GetReplicationConfiguration",
  PutBucketReplication: "PutReplicationConfiguration",
  DeleteBucketReplication: "PutReplicationConfiguration",
  DeleteBucketTagging: "PutBucketTagging",
  DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
  GetBucketAnalyticsConfiguration: "GetAnalyticsConfiguration",
  ListBucketAnalyticsConfigurations: "GetAnalyticsConfiguration",
  PutBucketAnalyticsConfiguration: "PutAnalyticsConfiguration",
  DeleteBucketAnalyticsConfiguration: "PutAnalyticsConfiguration",
  GetBucketIntelligentTieringConfiguration: "GetIntelligentTieringConfiguration",
  ListBucketIntelligentTieringConfigurations: "GetIntelligentTieringConfiguration",
  PutBucketIntelligentTieringConfiguration: "PutIntelligentTieringConfiguration",
  DeleteBucketIntelligentTieringConfiguration: "PutIntelligentTieringConfiguration",
  GetBucketInventoryConfiguration: "GetInventoryConfiguration",
  ListBucketInventoryConfigurations: "GetInventoryConfiguration",
  PutBucketInventoryConfiguration: "PutInventoryConfiguration",
  DeleteBucketInventoryConfiguration: "PutInventoryConfiguration",
  GetBucketMetricsConfiguration: "GetMetricsConfiguration",
  ListBucketMetricsConfigurations: "GetMetricsConfiguration",
  PutBucketMetricsConfiguration: "PutMetricsConfiguration",
  DeleteBucketMetricsConfiguration: "PutMetricsConfiguration",
};

/** Object operations that need another action when they name a version. */
const VERSIONED = new Set([
  "GetObject",
  "GetObjectAcl",
  "GetObjectTagging",
  "DeleteObject",
  "PutObjectAcl",
  "PutObjectTagging",
  "DeleteObjectTagging",
]);

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export const findS3Permissions: FindPermissions = (operation, input) => {
  const bucket = bucketName(textOf(input, "Bucket"));
  if (operation === "DeleteObjects") return deletions(bucket, input);
  if (operation === "CopyObject" || operation === "UploadPartCopy") return copies(bucket, input);
  const action = actionOf(operation, input);
  const main: Permission = { action, resource: resourceOf(bucket, textOf(input, "Key")), facts: factsOf(input) };
  return [main, ...writes(operation, bucket, input)];
};

function actionOf(operation: string, input: RequestInput): string {
  const name = ACTIONS[operation] ?? operation;
  return `s3:${textOf(input, "VersionId") !== undefined && VERSIONED.has(name) ? versioned(name) : name}`;
}

function versioned(name: string): string {
  return name.replace(/^(Get|Delete|Put)Object/, "$1ObjectVersion");
}

function resourceOf(bucket: string | undefined, key?: string): string {
  if (bucket === undefined) return "*";
  return `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
}

/** A bucket, also where an access point's or bucket's ARN is given. */
function bucketName(given: string | undefined): string | undefined {
  return given?.startsWith("arn:aws:s3:::") ? given.slice("arn:aws:s3:::".length) : given;
}

/** A write that sets tags or an ACL as well needs the permission for those too. */
function writes(operation: string, bucket: string | undefined, input: RequestInput): Permission[] {
  if (operation !== "PutObject" && operation !== "CreateMultipartUpload") return [];
  const resource = resourceOf(bucket, textOf(input, "Key"));
  return [
    ...(textOf(input, "Tagging") === undefined ? [] : [{ action: "s3:PutObjectTagging", resource }]),
    ...(textOf(input, "ACL") === undefined ? [] : [{ action: "s3:PutObjectAcl", resource }]),
  ];
}

function copies(bucket: string | undefined, input: RequestInput): Permission[] {
  const [path = "", query = ""] = (textOf(input, "CopySource") ?? "").split("?");
  const isVersion = query.startsWith("versionId=");
  const source = percentDecode(path.replace(/^\//, "")) ?? path;
  const resource = source.startsWith("arn:") ? source : `arn:aws:s3:::${source}`;
  return [
    { action: isVersion ? "s3:GetObjectVersion" : "s3:GetObject", resource },
    { action: "s3:PutObject", resource: resourceOf(bucket, textOf(input, "Key")), facts: factsOf(input) },
  ];
}

/** One decision for each object, which S3 answers object by object. */
function deletions(bucket: string | undefined, input: RequestInput): Permission[] {
  const objects = structuresOf(structureOf(input, "Delete") ?? {}, "Objects");
  return objects.map((object, part) => ({
    part,
    action: textOf(object, "VersionId") === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion",
    resource: resourceOf(bucket, textOf(object, "Key")),
  }));
}

function factsOf(input: RequestInput): Record<string, readonly string[]> {
  const facts: Record<string, string | undefined> = {
    "s3:prefix": typeof input["Prefix"] === "string" ? input["Prefix"] : undefined,
    "s3:delimiter": textOf(input, "Delimiter"),
    "s3:max-keys": typeof input["MaxKeys"] === "number" ? String(input["MaxKeys"]) : undefined,
    "s3:versionid": textOf(input, "VersionId"),
    "s3:x-amz-acl": textOf(input, "ACL"),
    "s3:x-amz-storage-class": textOf(input, "StorageClass"),
    "s3:x-amz-server-side-encryption": textOf(input, "ServerSideEncryption"),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": textOf(input, "SSEKMSKeyId"),
    "s3:x-amz-metadata-directive": textOf(input, "MetadataDirective"),
    "s3:if-none-match": textOf(input, "IfNoneMatch"),
    "s3:if-match": textOf(input, "IfMatch"),
    ...requestTags(textOf(input, "Tagging")),
  };
  return Object.fromEntries(
    Object.entries(facts).flatMap(([key, value]) => (value === undefined ? [] : [[key, [value]] as const])),
  );
}

function requestTags(tagging: string | undefined): Record<string, string> {
  const tags = [...new URLSearchParams(tagging)];
  return Object.fromEntries(tags.map(([key, value]) => [`s3:requestobjecttag/${key.toLowerCase()}`, value]));
}
