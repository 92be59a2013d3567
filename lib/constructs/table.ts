import type { RemovalPolicy } from "aws-cdk-lib";
import {
  type Attribute,
  AttributeType,
  BillingMode,
  type CfnTable,
  type GlobalSecondaryIndexProps,
  ProjectionType,
  StreamViewType,
  Table as CdkTable,
  type TableProps as CdkTableProps,
} from "aws-cdk-lib/aws-dynamodb";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { Construct } from "constructs";
import type { Function } from "./function.ts";
import { dataRemovalPolicy, stageSettings } from "./stage-settings.ts";
import { type StreamConsumeOptions, StreamConsumers, type StreamFailures } from "./stream-consumer.ts";

/** A key: the name of a text attribute, or a name with its type. */
export type TableKey = string | Attribute;

/** A global secondary index. */
export interface TableIndex {
  readonly partitionKey: TableKey;
  /** @default - none */
  readonly sortKey?: TableKey;
  /**
   * Attributes that the index holds beside the keys: all, none but keys, or these.
   * @default "all"
   */
  readonly projection?: "all" | "keys-only" | readonly string[];
}

/** Properties of a table. */
export interface TableProps {
  readonly partitionKey: TableKey;
  /** @default - none */
  readonly sortKey?: TableKey;
  /**
   * Global secondary indexes by their names.
   * @default - none
   */
  readonly indexes?: Readonly<Record<string, TableIndex>>;
  /**
   * Attribute that holds the second (since 1970) at which an item expires.
   * @default - items do not expire
   */
  readonly timeToLive?: string;
  /**
   * Keeps changes for a day for those who read the table's stream.
   * @default - no stream; old and new items where a function reads it with `consume`
   */
  readonly stream?: StreamViewType;
  /** @default - a name of CloudFormation's */
  readonly tableName?: string;
  /**
   * Keeps every state of the last 35 days.
   * @default true
   */
  readonly pointInTimeRecovery?: boolean;
  /**
   * Refuses to be deleted.
   * @default - in a protected stage
   */
  readonly deletionProtection?: boolean;
  /**
   * What becomes of the table when it is removed from the stack.
   * @default - kept in a protected stage and where no stage is known, destroyed otherwise
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** A DynamoDB table, paid by request, with point-in-time recovery. */
export class Table extends CdkTable {
  readonly #consumers: StreamConsumers;

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id, cdkProps(scope, props));
    this.#consumers = new StreamConsumers(this);
    for (const [name, index] of Object.entries(props.indexes ?? {}))
      this.addGlobalSecondaryIndex(cdkIndex(name, index));
  }

  /** Lets a function read the table's changes, through its alias and in order. Turns the table's stream on. */
  consume(fn: Function, options: StreamConsumeOptions = {}): this {
    const props = this.#consumers.add(fn, options);
    if (props === undefined) return this;
    (this.node.defaultChild as CfnTable).streamSpecification ??= { streamViewType: StreamViewType.NEW_AND_OLD_IMAGES };
    fn.addEventSource(new DynamoEventSource(this, props));
    return this;
  }

  /** Who is told of changes that were given up for a function that reads them. */
  failuresOf(fn: Function): StreamFailures | undefined {
    return this.#consumers.failuresOf(fn);
  }
}

function cdkProps(scope: Construct, props: TableProps): CdkTableProps {
  return {
    ...keys(props),
    tableName: props.tableName,
    billingMode: BillingMode.PAY_PER_REQUEST,
    timeToLiveAttribute: props.timeToLive,
    stream: props.stream,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery ?? true },
    deletionProtection: props.deletionProtection ?? (stageSettings(scope).protected ? true : undefined),
    removalPolicy: props.removalPolicy ?? dataRemovalPolicy(scope),
  };
}

function cdkIndex(indexName: string, index: TableIndex): GlobalSecondaryIndexProps {
  const { projection = "all" } = index;
  if (projection === "all") return { indexName, ...keys(index), projectionType: ProjectionType.ALL };
  if (projection === "keys-only") return { indexName, ...keys(index), projectionType: ProjectionType.KEYS_ONLY };
  return { indexName, ...keys(index), projectionType: ProjectionType.INCLUDE, nonKeyAttributes: [...projection] };
}

function keys({ partitionKey, sortKey }: Pick<TableIndex, "partitionKey" | "sortKey">) {
  return {
    partitionKey: attribute(partitionKey),
    sortKey: sortKey === undefined ? undefined : attribute(sortKey),
  };
}

function attribute(key: TableKey): Attribute {
  return typeof key === "string" ? { name: key, type: AttributeType.STRING } : key;
}
