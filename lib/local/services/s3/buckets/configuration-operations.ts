import type { Operations } from "../../../service.ts";
import * as configuration from "./bucket-configuration.ts";
import {
  deleteBucketPolicy,
  getBucketPolicy,
  getBucketPolicyStatus,
  putBucketPolicy,
} from "../access/bucket-policy.ts";
import { getBucketAcl, putBucketAcl } from "../access/access-control.ts";
import { getLifecycle, putLifecycle } from "../lifecycle/lifecycle-configuration.ts";
import { getNotification, putNotification } from "../notifications/notification-configuration.ts";
import { getLockConfiguration, putLockConfiguration } from "../objects/object-lock-operations.ts";
import { requireBucket, type S3 } from "../context.ts";
import { getVersioning, putVersioning } from "./versioning.ts";

/** Everything that can be set on a bucket. */
export function configurationOperations(s3: S3): Operations<"s3"> {
  return {
    DeleteBucketCors: (input) => configuration.remove(s3, input, "cors"),
    DeleteBucketEncryption: (input) => configuration.remove(s3, input, "encryption"),
    DeleteBucketLifecycle: (input) => configuration.remove(s3, input, "lifecycle"),
    DeleteBucketOwnershipControls: (input) => configuration.remove(s3, input, "ownership"),
    DeleteBucketPolicy: (input) => deleteBucketPolicy(s3, input),
    DeleteBucketTagging: (input) => configuration.remove(s3, input, "tags"),
    DeleteBucketWebsite: (input) => configuration.remove(s3, input, "website"),
    DeletePublicAccessBlock: (input) => configuration.remove(s3, input, "publicAccessBlock"),
    GetBucketAccelerateConfiguration: (input) => configuration.getAccelerate(s3, input),
    GetBucketAcl: (input) => getBucketAcl(s3, input),
    GetBucketCors: (input) => configuration.getCors(s3, input),
    GetBucketEncryption: (input) => configuration.getEncryption(s3, input),
    GetBucketLifecycleConfiguration: (input) => getLifecycle(s3, input),
    GetBucketLogging: (input) => configuration.getLogging(s3, input),
    GetBucketNotificationConfiguration: (input) => getNotification(s3, input),
    GetBucketOwnershipControls: (input) => configuration.getOwnership(s3, input),
    GetBucketPolicy: (input) => getBucketPolicy(s3, input),
    GetBucketPolicyStatus: (input) => getBucketPolicyStatus(s3, input),
    GetBucketRequestPayment: (input) => configuration.getRequestPayment(s3, input),
    GetBucketTagging: (input) => configuration.getTagging(s3, input),
    GetBucketVersioning: (input) => getVersioning(s3, input),
    GetBucketWebsite: (input) => configuration.getWebsite(s3, input),
    GetObjectLockConfiguration: (input) => getLockConfiguration(s3, input),
    GetPublicAccessBlock: (input) => configuration.getPublicAccessBlock(s3, input),
    PutBucketAccelerateConfiguration: (input) => configuration.putAccelerate(s3, input),
    PutBucketAcl: (input) => putBucketAcl(s3, input),
    PutBucketCors: (input) => configuration.putCors(s3, input),
    PutBucketEncryption: (input) => configuration.putEncryption(s3, input),
    PutBucketLifecycleConfiguration: (input) => putLifecycle(s3, input),
    PutBucketLogging: (input) => configuration.putLogging(s3, input),
    PutBucketNotificationConfiguration: (input, context) => putNotification(s3, input, context),
    PutBucketOwnershipControls: (input) => configuration.putOwnership(s3, input),
    PutBucketPolicy: (input) => putBucketPolicy(s3, input),
    PutBucketRequestPayment: (input) => configuration.putRequestPayment(s3, input),
    PutBucketTagging: (input) => configuration.putTagging(s3, input),
    PutBucketVersioning: (input) => putVersioning(s3, input),
    PutBucketWebsite: (input) => configuration.putWebsite(s3, input),
    PutObjectLockConfiguration: (input) => putLockConfiguration(s3, input),
    PutPublicAccessBlock: (input) => configuration.putPublicAccessBlock(s3, input),
    ...absentConfigurations(s3),
  };
}

/** Settings that cannot be made here, and so are always absent; tools ask for them when they look at a bucket. */
function absentConfigurations(s3: S3): Operations<"s3"> {
  const none = (input: { Bucket?: string | undefined }) => {
    requireBucket(s3, input.Bucket);
    return { IsTruncated: false };
  };
  return {
    GetBucketReplication: (input) => configuration.refuseReplication(s3, input),
    ListBucketAnalyticsConfigurations: none,
    ListBucketIntelligentTieringConfigurations: none,
    ListBucketInventoryConfigurations: none,
    ListBucketMetricsConfigurations: none,
  };
}
