import type { RemovalPolicy } from "aws-cdk-lib";
import type {
  Attribute,
  BillingMode,
  GlobalSecondaryIndexProps,
  LocalSecondaryIndexProps,
  PointInTimeRecoverySpecification,
  StreamViewType,
  TableProps as CdkTableProps,
} from "aws-cdk-lib/aws-dynamodb";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props that `Table` of aws-cdk-lib has, with the same meaning. */
export const SHARED_TABLE_PROPS = [
  "billingMode",
  "contributorInsightsSpecification",
  "deletionProtection",
  "encryption",
  "encryptionKey",
  "importSource",
  "kinesisPrecisionTimestamp",
  "kinesisStream",
  "maxReadRequestUnits",
  "maxWriteRequestUnits",
  "pointInTimeRecoverySpecification",
  "readCapacity",
  "removalPolicy",
  "replicaRemovalPolicy",
  "replicationRegions",
  "replicationTimeout",
  "resourcePolicy",
  "stream",
  "tableClass",
  "tableName",
  "timeToLiveAttribute",
  "waitForReplicationToFinish",
  "warmThroughput",
  "writeCapacity",
] as const satisfies readonly (keyof CdkTableProps)[];

type SharedTableProps = SharedProps<CdkTableProps, typeof SHARED_TABLE_PROPS>;

/** A key: an attribute with its type, or the name of a text attribute. */
export type TableKey = string | Attribute;

/** A global secondary index, as aws-cdk-lib takes it; a key may be the name of a text attribute. */
export interface TableIndex extends Omit<GlobalSecondaryIndexProps, "partitionKey" | "sortKey"> {
  readonly partitionKey?: TableKey;
  /** @default - none */
  readonly sortKey?: TableKey;
}

/** A local secondary index, as aws-cdk-lib takes it; the key may be the name of a text attribute. */
export interface TableLocalIndex extends Omit<LocalSecondaryIndexProps, "sortKey"> {
  readonly sortKey: TableKey;
}

/**
 * Properties of a table. What is not described here is as in aws-cdk-lib's `Table`; the indexes are props as in its
 * `TableV2`.
 */
export interface TableProps extends SharedTableProps {
  readonly partitionKey: TableKey;
  /** @default - none */
  readonly sortKey?: TableKey;
  /** @default - none */
  readonly globalSecondaryIndexes?: readonly TableIndex[];
  /** @default - none */
  readonly localSecondaryIndexes?: readonly TableLocalIndex[];
  /**
   * Whether capacity is paid by request or provisioned with `readCapacity` and `writeCapacity`.
   * @default BillingMode.PAY_PER_REQUEST
   */
  readonly billingMode?: BillingMode;
  /**
   * Attribute with the second since 1970 at which an item expires.
   * @default - items do not expire
   */
  readonly timeToLiveAttribute?: string;
  /**
   * What the table's stream has of each change. It keeps changes for a day.
   * @default - no stream; StreamViewType.NEW_AND_OLD_IMAGES where a function consumes it with `consume`
   */
  readonly stream?: StreamViewType;
  /**
   * Continuous backups, from which the table can be restored to any second.
   * @default - enabled, for the last 35 days
   */
  readonly pointInTimeRecoverySpecification?: PointInTimeRecoverySpecification;
  /**
   * Refuses to be deleted.
   * @default - in a protected stage
   */
  readonly deletionProtection?: boolean;
  /**
   * What happens to the table when it is removed from the stack.
   * @default - retained in a protected stage and where the stage is not known, destroyed otherwise
   */
  readonly removalPolicy?: RemovalPolicy;
}

const OWN_TABLE_PROPS: PropNames<Omit<TableProps, keyof SharedTableProps>> = {
  globalSecondaryIndexes: true,
  localSecondaryIndexes: true,
  partitionKey: true,
  sortKey: true,
};

/** The names of a table's props. */
export const TABLE_PROPS: readonly string[] = [...SHARED_TABLE_PROPS, ...Object.keys(OWN_TABLE_PROPS)];
