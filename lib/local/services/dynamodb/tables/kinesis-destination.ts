import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type {
  KinesisDataStreamDestination,
  KinesisStreamingDestinationInput,
  KinesisStreamingDestinationOutput,
} from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { activeDestinations } from "../kinesis-deliveries.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import type { Table } from "./table.ts";

const PRECISIONS = ["MILLISECOND", "MICROSECOND"];

/** From now on, the table's changes go into the stream too. */
export function enableKinesisStreamingDestination(
  engine: Engine,
  input: Checked<KinesisStreamingDestinationInput>,
  context: RequestContext,
): KinesisStreamingDestinationOutput {
  const configuration = input.EnableKinesisStreamingConfiguration;
  const table = requireTable(engine, input, context, [
    "enableKinesisStreamingConfiguration.approximateCreationDateTimePrecision",
    configuration?.ApproximateCreationDateTimePrecision,
  ]);
  if (activeDestinations(table).length > 0)
    throw validationError(
      "Table is not in a valid state to enable Kinesis Streaming Destination: " +
        "KinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.",
    );
  put(engine, table, {
    StreamArn: input.StreamArn,
    DestinationStatus: "ACTIVE",
    ApproximateCreationDateTimePrecision: configuration?.ApproximateCreationDateTimePrecision,
  });
  return {
    TableName: table.name,
    StreamArn: input.StreamArn,
    DestinationStatus: "ENABLING",
    EnableKinesisStreamingConfiguration: configuration ?? {},
  };
}

/** Stops sending a table's changes to a Kinesis stream. */
export function disableKinesisStreamingDestination(
  engine: Engine,
  input: Checked<KinesisStreamingDestinationInput>,
  context: RequestContext,
): KinesisStreamingDestinationOutput {
  const table = requireTable(engine, input, context);
  const known = table.kinesisDestinations?.find(({ StreamArn }) => StreamArn === input.StreamArn);
  if (!known || !isActive(known))
    throw validationError(
      "Table is not in a valid state to disable Kinesis Streaming Destination: " +
        "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.",
    );
  put(engine, table, { ...known, DestinationStatus: "DISABLED" });
  return { TableName: table.name, StreamArn: input.StreamArn, DestinationStatus: "DISABLING" };
}

/** Changes the precision of the timestamps in a table's records. */
export function updateKinesisStreamingDestination(
  engine: Engine,
  input: Input<"dynamodb", "UpdateKinesisStreamingDestination">,
  context: RequestContext,
): Output<"dynamodb", "UpdateKinesisStreamingDestination"> {
  const precision = input.UpdateKinesisStreamingConfiguration?.ApproximateCreationDateTimePrecision;
  const table = requireTable(engine, input, context, [
    "updateKinesisStreamingConfiguration.approximateCreationDateTimePrecision",
    precision,
  ]);
  if (!precision)
    throw validationError(
      "Streaming destination cannot be updated with given parameters: " +
        "UpdateKinesisStreamingConfiguration cannot be null or contain only null values",
    );
  const known = table.kinesisDestinations?.find(({ StreamArn }) => StreamArn === input.StreamArn);
  if (!known)
    throw validationError(
      "Table is not in a valid state to enable Kinesis Streaming Destination: " +
        `No streaming destination with streamArn: ${input.StreamArn} found for table with tableName: ${table.name}`,
    );
  if (known.ApproximateCreationDateTimePrecision === precision)
    throw validationError(
      `Invalid Request: Precision is already set to the desired value of ${precision} ` +
        `for tableId: ${table.uuid}, kdsArn: ${input.StreamArn}`,
    );
  put(engine, table, { ...known, ApproximateCreationDateTimePrecision: precision });
  return {
    TableName: table.name,
    StreamArn: input.StreamArn,
    DestinationStatus: "UPDATING",
    UpdateKinesisStreamingConfiguration: input.UpdateKinesisStreamingConfiguration,
  };
}

/** Lists the Kinesis streams to which a table sends its changes, with their states. */
export function describeKinesisStreamingDestination(
  engine: Engine,
  input: Input<"dynamodb", "DescribeKinesisStreamingDestination">,
  context: RequestContext,
): Output<"dynamodb", "DescribeKinesisStreamingDestination"> {
  new RequestChecks().tableName(input.TableName).done();
  const table = engine.tables.require(context, input.TableName);
  return { TableName: table.name, KinesisDataStreamDestinations: [...(table.kinesisDestinations ?? [])] };
}

function requireTable(
  engine: Engine,
  { TableName, StreamArn }: Pick<Checked<KinesisStreamingDestinationInput>, "TableName" | "StreamArn">,
  context: RequestContext,
  precision?: readonly [member: string, value: string | undefined],
): Table {
  const checks = new RequestChecks().tableName(TableName).required("streamArn", StreamArn);
  if (precision) checks.oneOf(...precision, PRECISIONS);
  checks.done();
  return engine.tables.require(context, TableName);
}

function isActive({ DestinationStatus }: KinesisDataStreamDestination): boolean {
  return DestinationStatus === "ACTIVE";
}

function put(engine: Engine, table: Table, destination: KinesisDataStreamDestination): void {
  const others = (table.kinesisDestinations ?? []).filter(({ StreamArn }) => StreamArn !== destination.StreamArn);
  engine.tables.save({ ...table, kinesisDestinations: [...others, destination] });
}
