import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { S3 } from "./context.ts";
import * as accessControl from "./access/access-control.ts";
import * as absentConfigurations from "./buckets/absent-configurations.ts";
import * as bucketPolicy from "./access/bucket-policy.ts";
import * as bucketConfiguration from "./buckets/bucket-configuration.ts";
import * as buckets from "./buckets/buckets.ts";
import * as versioning from "./buckets/versioning.ts";
import * as lifecycleConfiguration from "./lifecycle/lifecycle-configuration.ts";
import * as listObjects from "./listing/list-objects.ts";
import * as listVersions from "./listing/list-versions.ts";
import * as notificationConfiguration from "./notifications/notification-configuration.ts";
import * as copyObject from "./objects/copy-object.ts";
import * as deleteObject from "./objects/delete-object.ts";
import * as getObject from "./objects/get-object.ts";
import * as objectAttributes from "./objects/object-attributes.ts";
import * as objectLockOperations from "./objects/object-lock-operations.ts";
import * as objectTagging from "./objects/object-tagging.ts";
import * as putObject from "./objects/put-object.ts";
import * as completeUpload from "./uploads/complete-upload.ts";
import * as copyPart from "./uploads/copy-part.ts";
import * as listUploads from "./uploads/list-uploads.ts";
import * as multipartUpload from "./uploads/multipart-upload.ts";

/** The operations of S3 that are carried. */
export function operationsOf(s3: S3): Operations<"s3"> {
  return bindOperations("s3", s3, [
    absentConfigurations,
    accessControl,
    bucketPolicy,
    bucketConfiguration,
    buckets,
    versioning,
    lifecycleConfiguration,
    listObjects,
    listVersions,
    notificationConfiguration,
    copyObject,
    deleteObject,
    getObject,
    objectAttributes,
    objectLockOperations,
    objectTagging,
    putObject,
    completeUpload,
    copyPart,
    listUploads,
    multipartUpload,
  ]);
}
