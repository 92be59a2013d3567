import { SAMPLE, sampleTime } from "./sample.ts";

/** A change of an object in a bucket. */
export interface S3EventInput {
  /** @default "uploads" */
  readonly bucket?: string;
  /** The object's key, as it is: it is encoded in the event as S3 does. @default "photo.jpg" */
  readonly key?: string;
  /** For example `ObjectCreated:Put`, `ObjectRemoved:Delete`. @default "ObjectCreated:Put" */
  readonly eventName?: string;
  /** In bytes. @default 1024 */
  readonly size?: number;
}

/**
 * The event of a bucket's notification.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function s3Event(input: S3EventInput = {}) {
  const { bucket = "uploads", key = "photo.jpg", eventName = "ObjectCreated:Put", size = 1024 } = input;
  const isRemoved = eventName.startsWith("ObjectRemoved");
  return {
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: SAMPLE.region,
        eventTime: sampleTime(),
        eventName,
        userIdentity: { principalId: "AIDAJDPLRKLG7UEXAMPLE" },
        requestParameters: { sourceIPAddress: "192.0.2.1" },
        responseElements: { "x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG" },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: "notification",
          bucket: { name: bucket, ownerIdentity: { principalId: "A3NL1KOZZKExample" }, arn: `arn:aws:s3:::${bucket}` },
          object: {
            key: encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/"),
            ...(isRemoved ? {} : { size, eTag: "d41d8cd98f00b204e9800998ecf8427e" }),
            sequencer: "0055AED6DCD90281E5",
          },
        },
      },
    ],
  };
}
