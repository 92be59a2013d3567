import type { Cancel } from "../../state/clock.ts";
import type { LocalService, Operations, ServiceFactory } from "../../service.ts";
import { getObjectAcl, putObjectAcl } from "./access/access-control.ts";
import { admitBefore } from "./access/admission.ts";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets/buckets.ts";
import { completeMultipartUpload } from "./uploads/complete-upload.ts";
import { configurationOperations } from "./buckets/configuration-operations.ts";
import { corsHeaders } from "./access/cors.ts";
import { copyObject } from "./objects/copy-object.ts";
import { uploadPartCopy } from "./uploads/copy-part.ts";
import { deleteObject, deleteObjects } from "./objects/delete-object.ts";
import { getObject, headObject } from "./objects/get-object.ts";
import { startLifecycle } from "./lifecycle/lifecycle-run.ts";
import { listObjects, listObjectsV2 } from "./listing/list-objects.ts";
import { listMultipartUploads, listParts } from "./uploads/list-uploads.ts";
import { listObjectVersions } from "./listing/list-versions.ts";
import { abortMultipartUpload, createMultipartUpload, uploadPart } from "./uploads/multipart-upload.ts";
import { getObjectAttributes } from "./objects/object-attributes.ts";
import { getLegalHold, getRetention, putLegalHold, putRetention } from "./objects/object-lock-operations.ts";
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from "./objects/object-tagging.ts";
import { putObject } from "./objects/put-object.ts";
import { openS3, type S3 } from "./context.ts";

/** Makes S3: buckets and objects, with bytes as blobs and records in the store. */
export const createS3: ServiceFactory<"s3"> = (cloud): LocalService<"s3"> => {
  const s3 = openS3(cloud);
  let stopLifecycle: Cancel | undefined;
  return {
    name: "s3",
    operations: admitBefore(s3, {
      ...bucketOperations(s3),
      ...configurationOperations(s3),
      ...objectOperations(s3),
      ...uploadOperations(s3),
    }),
    corsHeaders: (request, url) => corsHeaders(s3, request, url),
    async start() {
      await s3.references.sweep();
      stopLifecycle = startLifecycle(s3);
      s3.deliveries.start();
    },
    stop() {
      stopLifecycle?.();
      s3.deliveries.stop();
    },
  };
};

function bucketOperations(s3: S3): Operations<"s3"> {
  return {
    CreateBucket: (input, context) => createBucket(s3, input, context),
    DeleteBucket: (input) => deleteBucket(s3, input),
    GetBucketLocation: (input) => getBucketLocation(s3, input),
    HeadBucket: (input) => headBucket(s3, input),
    ListBuckets: (input, context) => listBuckets(s3, input, context),
    ListObjectVersions: (input) => listObjectVersions(s3, input),
    ListObjects: (input) => listObjects(s3, input),
    ListObjectsV2: (input) => listObjectsV2(s3, input),
  };
}

function objectOperations(s3: S3): Operations<"s3"> {
  return {
    CopyObject: (input, context) => copyObject(s3, input, context),
    DeleteObject: (input, context) => deleteObject(s3, input, context),
    DeleteObjects: (input, context) => deleteObjects(s3, input, context),
    DeleteObjectTagging: (input, context) => deleteObjectTagging(s3, input, context),
    GetObject: (input) => getObject(s3, input),
    GetObjectAcl: (input) => getObjectAcl(s3, input),
    GetObjectAttributes: (input) => getObjectAttributes(s3, input),
    GetObjectLegalHold: (input) => getLegalHold(s3, input),
    GetObjectRetention: (input) => getRetention(s3, input),
    GetObjectTagging: (input) => getObjectTagging(s3, input),
    HeadObject: (input) => headObject(s3, input),
    PutObject: (input, context) => putObject(s3, input, context),
    PutObjectAcl: (input, context) => putObjectAcl(s3, input, context),
    PutObjectLegalHold: (input) => putLegalHold(s3, input),
    PutObjectRetention: (input) => putRetention(s3, input),
    PutObjectTagging: (input, context) => putObjectTagging(s3, input, context),
  };
}

function uploadOperations(s3: S3): Operations<"s3"> {
  return {
    AbortMultipartUpload: (input) => abortMultipartUpload(s3, input),
    CompleteMultipartUpload: (input, context) => completeMultipartUpload(s3, input, context),
    CreateMultipartUpload: (input) => createMultipartUpload(s3, input),
    ListMultipartUploads: (input) => listMultipartUploads(s3, input),
    ListParts: (input) => listParts(s3, input),
    UploadPart: (input, context) => uploadPart(s3, input, context),
    UploadPartCopy: (input) => uploadPartCopy(s3, input),
  };
}
