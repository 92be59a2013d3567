import type { Checked } from "../../../kit/checked.ts";
import type {
  AttributeDefinition,
  BillingMode,
  KeySchemaElement,
  KinesisDataStreamDestination,
  OnDemandThroughput,
  Projection,
  ScalarAttributeType,
  SSESpecification,
  StreamViewType,
  TableClass,
  Tag,
  WarmThroughput,
} from "@aws-sdk/client-dynamodb";

/** A table as it is kept. Times are in the cloud's milliseconds since the epoch. */
export interface Table {
  /** The number under which its items are kept; never given twice. */
  readonly id: number;
  readonly name: string;
  readonly arn: string;
  /** AWS's `TableId`. */
  readonly uuid: string;
  readonly createdMs: number;
  readonly attributes: readonly Checked<AttributeDefinition>[];
  readonly keySchema: readonly Checked<KeySchemaElement>[];
  readonly billingMode: BillingMode;
  readonly onDemandSinceMs?: number;
  readonly throughput: Throughput;
  readonly onDemandThroughput?: OnDemandThroughput;
  readonly warmThroughput?: WarmThroughput;
  readonly localIndexes: readonly Index[];
  readonly globalIndexes: readonly GlobalIndex[];
  readonly stream?: TableStream;
  /** The stream that has been switched off, which DescribeTable still names. */
  readonly lastStream?: TableStream;
  readonly encryption?: SSESpecification;
  readonly tableClass?: TableClass;
  readonly deletionProtected: boolean;
  readonly tags: readonly Checked<Tag>[];
  readonly timeToLive?: TimeToLive;
  readonly pointInTimeRecovery?: PointInTimeRecovery;
  /** Names of the indexes with insights; the empty name is the table itself. */
  readonly contributorInsights?: readonly string[];
  readonly kinesisDestinations?: readonly KinesisDataStreamDestination[];
  readonly resourcePolicy?: ResourcePolicy;
  /** What is under way, and until when; over as soon as the time has come. */
  readonly transition?: { readonly status: "CREATING" | "UPDATING" | "DELETING"; readonly untilMs: number };
}

/** Provisioned capacity units per second. */
export interface Throughput {
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly increasedMs?: number;
  readonly decreasedMs?: number;
  readonly decreasesToday: number;
}

/** A local or global secondary index as it is stored. */
export interface Index {
  readonly id: number;
  readonly name: string;
  readonly keySchema: readonly Checked<KeySchemaElement>[];
  readonly projection: Projection;
}

/** A global secondary index as it is stored, with its own capacity and state. */
export interface GlobalIndex extends Index {
  readonly throughput: Throughput;
  readonly onDemandThroughput?: OnDemandThroughput;
  readonly warmThroughput?: WarmThroughput;
  readonly transition?: { readonly status: "CREATING" | "UPDATING" | "DELETING"; readonly untilMs: number };
}

/** A table's stream: its ARN and what its records show. */
export interface TableStream {
  /** The number under which its changes are kept. */
  readonly id: number;
  readonly arn: string;
  readonly label: string;
  readonly viewType: StreamViewType;
}

interface TimeToLive {
  /** Says when an item ends, in seconds since the epoch. */
  readonly attribute: string;
}

/** The policy of a table or stream as it is stored, with its revision. */
export interface ResourcePolicy {
  readonly document: string;
  readonly revision: string;
}

interface PointInTimeRecovery {
  readonly enabledMs: number;
  readonly periodDays: number;
}

/** A key's attribute, with the type that the schema gives it. */
export interface KeyAttribute {
  readonly name: string;
  readonly type: ScalarAttributeType;
}
