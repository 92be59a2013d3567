import type { LocalService, ServiceFactory } from "../../service.ts";
import { createBucket, deleteBucket, getBucketLocation, headBucket, listBuckets } from "./buckets.ts";
import { deleteObject, deleteObjects } from "./delete-object.ts";
import { getObject, headObject } from "./get-object.ts";
import { listObjects, listObjectsV2 } from "./list-objects.ts";
import { putObject } from "./put-object.ts";
import { openS3 } from "./s3-context.ts";

/** Makes S3: buckets and objects, with bytes as blobs and records in the store. */
export const createS3: ServiceFactory<"s3"> = (cloud): LocalService<"s3"> => {
  const s3 = openS3(cloud);
  return {
    name: "s3",
    operations: {
      CreateBucket: (input, context) => createBucket(s3, input, context),
      DeleteBucket: (input) => deleteBucket(s3, input),
      DeleteObject: (input) => deleteObject(s3, input),
      DeleteObjects: (input) => deleteObjects(s3, input),
      GetBucketLocation: (input) => getBucketLocation(s3, input),
      GetObject: (input) => getObject(s3, input),
      HeadBucket: (input) => headBucket(s3, input),
      HeadObject: (input) => headObject(s3, input),
      ListBuckets: (input, context) => listBuckets(s3, input, context),
      ListObjects: (input) => listObjects(s3, input),
      ListObjectsV2: (input) => listObjectsV2(s3, input),
      PutObject: (input, context) => putObject(s3, input, context),
    },
    start: () => s3.references.sweep(),
  };
};
