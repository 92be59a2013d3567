import { asText, SAMPLE, sampleArn } from "./sample.ts";

/** A record of a stream. */
export interface KinesisRecordInput {
  /** Sent as JSON where it is not text; base64 in the event. */
  readonly data: unknown;
  /** @default "1" */
  readonly partitionKey?: string;
}

/** Which stream records come from. */
export interface KinesisEventOptions {
  /** @default - a stream `clicks` of a sample account */
  readonly streamArn?: string;
}

/**
 * The event of a Kinesis data stream.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export function kinesisEvent(records: readonly KinesisRecordInput[], options: KinesisEventOptions = {}) {
  const { streamArn = sampleArn("kinesis", "stream/clicks") } = options;
  return {
    Records: records.map(({ data, partitionKey = "1" }, index) => {
      const sequenceNumber = `4959033827149025660855969253836157109592157598913658${String(index).padStart(4, "0")}`;
      return {
        kinesis: {
          kinesisSchemaVersion: "1.0",
          partitionKey,
          sequenceNumber,
          data: Buffer.from(asText(data)).toString("base64"),
          approximateArrivalTimestamp: SAMPLE.timeMs / 1000,
        },
        eventSource: "aws:kinesis",
        eventVersion: "1.0",
        eventID: `shardId-000000000000:${sequenceNumber}`,
        eventName: "aws:kinesis:record",
        invokeIdentityArn: `arn:aws:iam::${SAMPLE.account}:role/consumer`,
        awsRegion: SAMPLE.region,
        eventSourceARN: streamArn,
      };
    }),
  };
}
