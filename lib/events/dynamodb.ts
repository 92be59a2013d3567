import { SAMPLE, sampleArn } from "./sample.ts";

/** An attribute as DynamoDB writes it, for example `{ S: "a" }`. */
export type AttributeInput = Readonly<Record<string, unknown>>;

/** A change of an item of a table. Attributes are in DynamoDB's own form. */
export interface ItemChangeInput {
  readonly keys: Readonly<Record<string, AttributeInput>>;
  /** The item after the change. Absent where it was removed. */
  readonly newImage?: Readonly<Record<string, AttributeInput>>;
  /** The item before the change. Absent where it is new. */
  readonly oldImage?: Readonly<Record<string, AttributeInput>>;
}

/** Which stream changes come from. */
export interface DynamoDbEventOptions {
  /** @default - the stream of a table `orders` of a sample account */
  readonly streamArn?: string;
}

/**
 * The event of a table's stream, with one record a change.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html
 */
export function dynamoDbEvent(changes: readonly ItemChangeInput[], options: DynamoDbEventOptions = {}) {
  const { streamArn = sampleArn("dynamodb", "table/orders/stream/2026-01-01T00:00:00.000") } = options;
  return {
    Records: changes.map(({ keys, newImage, oldImage }, index) => ({
      eventID: String(index + 1).padStart(32, "0"),
      eventName: newImage === undefined ? "REMOVE" : oldImage === undefined ? "INSERT" : "MODIFY",
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: SAMPLE.region,
      dynamodb: {
        ApproximateCreationDateTime: SAMPLE.timeMs / 1000,
        Keys: keys,
        ...(newImage === undefined ? {} : { NewImage: newImage }),
        ...(oldImage === undefined ? {} : { OldImage: oldImage }),
        SequenceNumber: String(index + 1).padStart(21, "1"),
        SizeBytes: JSON.stringify([keys, newImage, oldImage]).length,
        StreamViewType: "NEW_AND_OLD_IMAGES",
      },
      eventSourceARN: streamArn,
    })),
  };
}
