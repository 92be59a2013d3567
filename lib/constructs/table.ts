import {
  type Attribute,
  AttributeType,
  BillingMode,
  CfnTable,
  StreamViewType,
  Table as CdkTable,
  type TableProps as CdkTableProps,
} from "aws-cdk-lib/aws-dynamodb";
import { DynamoEventSource } from "aws-cdk-lib/aws-lambda-event-sources";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import type { Function } from "./function.ts";
import { givenProps } from "./given-props.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addProblems } from "./problems.ts";
import { resourceOf } from "./resource-of.ts";
import { dataRemovalPolicy, stageSettings } from "./stage-settings.ts";
import type { StreamConsumeOptions } from "./stream-consume-options.ts";
import { StreamConsumers } from "./stream-consumer.ts";
import { SHARED_TABLE_PROPS, TABLE_PROPS, type TableKey, type TableProps } from "./table-props.ts";

/** A DynamoDB table, paid by request, with point-in-time recovery. */
export class Table extends CdkTable {
  readonly #consumers: StreamConsumers;

  constructor(scope: Construct, id: string, props: TableProps) {
    super(scope, id, cdkProps(scope, givenProps(scope, id, props)));
    refuseUnknownProps(this, props, TABLE_PROPS);
    addProblems(this, tableProblems(props));
    this.#consumers = new StreamConsumers(this, "table");
    for (const { partitionKey, sortKey, ...index } of props.globalSecondaryIndexes ?? []) {
      this.addGlobalSecondaryIndex({ ...index, ...keys({ partitionKey, sortKey }) });
    }
    for (const { sortKey, ...index } of props.localSecondaryIndexes ?? []) {
      this.addLocalSecondaryIndex({ ...index, sortKey: attribute(sortKey) });
    }
  }

  /** Lets a function consume the table's changes, through its alias and in order. Turns the table's stream on. */
  consume(fn: Function, options: StreamConsumeOptions = {}): this {
    const props = this.#consumers.add(fn, options);
    if (props === undefined) return this;
    resourceOf(this, CfnTable).streamSpecification ??= { streamViewType: StreamViewType.NEW_AND_OLD_IMAGES };
    fn.addEventSource(new DynamoEventSource(this, props));
    return this;
  }

  /** The queue that receives a consumer's discarded batches; undefined where something else or nothing does. */
  deadLetterQueueOf(fn: Function): IQueue | undefined {
    return this.#consumers.deadLetterQueueOf(fn);
  }
}

function cdkProps(scope: Construct, props: TableProps): CdkTableProps {
  const isProvisioned = (props.readCapacity ?? props.writeCapacity) !== undefined;
  return {
    // aws-cdk-lib would throw for a key that is missing, before a misspelt one is reported.
    ...keys(tableProblems(props).length > 0 ? { partitionKey: "missing" } : props),
    ...(!isProvisioned && { billingMode: BillingMode.PAY_PER_REQUEST }),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    ...(stageSettings(scope).protected && { deletionProtection: true }),
    removalPolicy: dataRemovalPolicy(scope),
    ...pickProps(props, SHARED_TABLE_PROPS),
  };
}

function tableProblems(props: Partial<TableProps>): string[] {
  return props.partitionKey === undefined
    ? ["partitionKey: missing; give the name of the attribute that is the table's key"]
    : [];
}

function keys({ partitionKey, sortKey }: { readonly partitionKey?: TableKey; readonly sortKey?: TableKey }) {
  return {
    ...(partitionKey !== undefined && { partitionKey: attribute(partitionKey) }),
    ...(sortKey !== undefined && { sortKey: attribute(sortKey) }),
  };
}

function attribute(key: TableKey): Attribute {
  return typeof key === "string" ? { name: key, type: AttributeType.STRING } : key;
}
