import type { PutEventsRequestEntry } from "@aws-sdk/client-eventbridge";
import type { VersionRecord } from "../records.ts";

/** What happened, as event names tell it behind `s3:`. */
export type S3EventName =
  | "ObjectCreated:Put"
  | "ObjectCreated:Copy"
  | "ObjectCreated:CompleteMultipartUpload"
  | "ObjectRemoved:Delete"
  | "ObjectRemoved:DeleteMarkerCreated"
  | "ObjectTagging:Put"
  | "ObjectTagging:Delete"
  | "ObjectAcl:Put"
  | "LifecycleExpiration:Delete"
  | "LifecycleExpiration:DeleteMarkerCreated";

/** What happened to an object, and who asked. */
export interface ObjectEvent {
  readonly name: S3EventName;
  readonly bucket: string;
  readonly key: string;
  readonly version: VersionRecord | undefined;
  readonly requestId: string;
  readonly requester: string;
  readonly sourceIp: string;
  readonly sequencer: string;
  readonly atMs: number;
}

interface Kind {
  readonly detailType: string;
  readonly detail?: object;
}

const PERMANENT = { "deletion-type": "Permanently Deleted" };
const MARKED = { "deletion-type": "Delete Marker Created" };

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-mapping-troubleshooting.html */
const KINDS: Readonly<Record<S3EventName, Kind>> = {
  "ObjectCreated:Put": { detailType: "Object Created", detail: { reason: "PutObject" } },
  "ObjectCreated:Copy": { detailType: "Object Created", detail: { reason: "CopyObject" } },
  "ObjectCreated:CompleteMultipartUpload": {
    detailType: "Object Created",
    detail: { reason: "CompleteMultipartUpload" },
  },
  "ObjectRemoved:Delete": { detailType: "Object Deleted", detail: { reason: "DeleteObject", ...PERMANENT } },
  "ObjectRemoved:DeleteMarkerCreated": { detailType: "Object Deleted", detail: { reason: "DeleteObject", ...MARKED } },
  "ObjectTagging:Put": { detailType: "Object Tags Added" },
  "ObjectTagging:Delete": { detailType: "Object Tags Deleted" },
  "ObjectAcl:Put": { detailType: "Object ACL Updated" },
  "LifecycleExpiration:Delete": {
    detailType: "Object Deleted",
    detail: { reason: "Lifecycle Expiration", ...PERMANENT },
  },
  "LifecycleExpiration:DeleteMarkerCreated": {
    detailType: "Object Deleted",
    detail: { reason: "Lifecycle Expiration", ...MARKED },
  },
};

/** What the event bus gets: https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function buildBusEvent(event: ObjectEvent): PutEventsRequestEntry {
  const { detailType, detail } = KINDS[event.name];
  const isLifecycle = event.name.startsWith("LifecycleExpiration");
  return {
    Source: "aws.s3",
    DetailType: detailType,
    Time: new Date(event.atMs),
    Resources: [`arn:aws:s3:::${event.bucket}`],
    Detail: JSON.stringify({
      version: "0",
      bucket: { name: event.bucket },
      object: describeObject(event),
      "request-id": event.requestId,
      requester: isLifecycle ? "s3.amazonaws.com" : event.requester,
      ...(!isLifecycle && { "source-ip-address": event.sourceIp }),
      ...detail,
    }),
  };
}

/** Keys are literal here; in the other notifications they are encoded. */
function describeObject({ name, key, version, sequencer }: ObjectEvent): object {
  const changesNoBytes = name.startsWith("ObjectTagging") || name.startsWith("ObjectAcl");
  const isThere = version !== undefined && !version.deleteMarker;
  return {
    key,
    ...(isThere && !changesNoBytes && { size: version.sizeBytes }),
    ...(isThere && { etag: version.etag }),
    ...(version !== undefined && version.versionId !== "null" && { "version-id": version.versionId }),
    ...(!changesNoBytes && { sequencer }),
  };
}
