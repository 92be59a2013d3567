import { createHash, randomUUID } from "node:crypto";
import { trusted } from "../../delivery/authority.ts";
import { deliver } from "../../delivery/deliver.ts";
import { openDeliveries } from "../../delivery/open-deliveries.ts";
import { planRetry } from "../../delivery/retry.ts";
import { toStream } from "../../delivery/to-stream.ts";
import type { Change } from "../../state/change-stream.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Cloud } from "../../service.ts";
import type { Table } from "./tables/table.ts";

/** A change of a table on its way into a Kinesis stream. */
export interface KinesisDelivery {
  readonly streamArn: string;
  /** The same for every change of an item, so that they stay in order. */
  readonly partitionKey: string;
  /** JSON text. */
  readonly data: string;
  readonly createdMs: number;
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_gettingstarted.html: as a stream keeps records. */
const LIMITS = { maxAgeMs: 24 * 60 * 60 * 1000, firstMs: 250, longestMs: 60_000 };
const LANES = 16;

/** Opens what is still to be sent: rows of the store, written with the change itself. */
export function openKinesisDeliveries(cloud: Cloud): Outbox<KinesisDelivery> {
  return openDeliveries<KinesisDelivery>(cloud, {
    collection: "dynamodb.kinesis-deliveries",
    laneOf: ({ streamArn, partitionKey }) => ({
      name: `${streamArn} ${Number.parseInt(partitionKey.slice(0, 8), 16) % LANES}`,
      isOrdered: true,
    }),
    send: ({ streamArn, ...record }) => deliver(toStream(cloud, streamArn, record), trusted),
    retry({ streamArn, createdMs }, { message }, attempts) {
      if (attempts === 0) cloud.log(`dynamodb: a change for ${streamArn} is tried again: ${message}`);
      // A stream that is gone may come back: no failure is final.
      return planRetry({ kind: "retryable" }, attempts, LIMITS, cloud.clock.now() - createdMs);
    },
    giveUp: ({ streamArn }, { message }) => cloud.log(`dynamodb: a change for ${streamArn} was dropped: ${message}`),
  });
}

/** The table's Kinesis streams that changes go to. */
export function activeDestinations({ kinesisDestinations = [] }: Table) {
  return kinesisDestinations.filter(({ DestinationStatus }) => DestinationStatus === "ACTIVE");
}

/** Sends a change to all of the table's Kinesis streams. To be called in the change's transaction. */
export function addKinesisDeliveries(deliveries: Outbox<KinesisDelivery>, table: Table, change: Change): void {
  for (const { StreamArn = "", ApproximateCreationDateTimePrecision: precision } of activeDestinations(table)) {
    const [, , , awsRegion] = table.arn.split(":");
    const keys = plain(change.keys);
    const record = {
      awsRegion,
      eventID: randomUUID(),
      eventName: change.kind,
      userIdentity: change.expired ? { type: "Service", principalId: "dynamodb.amazonaws.com" } : null,
      recordFormat: "application/json",
      tableName: table.name,
      dynamodb: {
        ApproximateCreationDateTime: precision === "MICROSECOND" ? change.createdMs * 1000 : change.createdMs,
        ...(precision !== undefined && { ApproximateCreationDateTimePrecision: precision }),
        Keys: keys,
        ...(change.newImage !== undefined && { NewImage: plain(change.newImage) }),
        ...(change.oldImage !== undefined && { OldImage: plain(change.oldImage) }),
        SizeBytes: change.sizes.keys + change.sizes.newImage + change.sizes.oldImage,
      },
      eventSource: "aws:dynamodb",
    };
    const partitionKey = createHash("md5").update(JSON.stringify(keys)).digest("hex");
    deliveries.add({ streamArn: StreamArn, partitionKey, data: JSON.stringify(record), createdMs: change.createdMs });
  }
}

/** Bytes as base64. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}
