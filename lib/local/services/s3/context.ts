import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import { createHash } from "node:crypto";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Collection } from "../../state/store.ts";
import { BlobReferences } from "./blob-references.ts";
import { BucketSettings } from "./buckets/bucket-settings.ts";
import { openNotifications, type Delivery } from "./notifications/deliveries.ts";
import { ObjectTable } from "./objects/object-table.ts";
import type { BucketRecord } from "./records.ts";
import { noSuchBucket } from "./errors.ts";
import { UploadTable } from "./uploads/upload-table.ts";

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"s3">> = InputOf<"s3", K>;
/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"s3">> = OutputOf<"s3", K>;

/** All that the operations of S3 share. */
export interface S3 {
  readonly cloud: Cloud;
  readonly buckets: Collection<BucketRecord>;
  readonly settings: BucketSettings;
  readonly objects: ObjectTable;
  readonly uploads: UploadTable;
  readonly references: BlobReferences;
  readonly deliveries: Outbox<Delivery>;
}

/** Opens S3's part of the store. */
export function openS3(cloud: Cloud): S3 {
  return {
    cloud,
    buckets: cloud.store.collection("s3.buckets"),
    settings: new BucketSettings(cloud.store),
    objects: new ObjectTable(cloud.store),
    uploads: new UploadTable(cloud.store),
    references: new BlobReferences(cloud),
    deliveries: openNotifications(cloud),
  };
}

/** The bucket, or S3's refusal. */
export function requireBucket(s3: S3, name: string | undefined): BucketRecord {
  const bucket = s3.buckets.get(name ?? "");
  if (bucket === undefined) throw noSuchBucket(name ?? "");
  return bucket;
}

/** The account's canonical user id, as owners are named in S3. */
export function canonicalUser(account: string): string {
  return createHash("sha256").update(`canonical user of ${account}`).digest("hex");
}

/** S3 knows times to the second. */
export function toSeconds(epochMs: number): Date {
  return new Date(Math.floor(epochMs / 1000) * 1000);
}
