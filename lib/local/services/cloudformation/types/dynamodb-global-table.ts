import { AwsError } from "../../../aws-error.ts";
import { dynamodbTable } from "./dynamodb-table.ts";
import type { Properties, ResourceContext } from "./resource-type.ts";
import { resource } from "./resource.ts";
import { pick } from "./tolerate.ts";

interface Replica {
  readonly Region: string;
  readonly [name: string]: unknown;
}

/** Members that a global table and a table have alike. */
const SHARED = [
  "AttributeDefinitions",
  "BillingMode",
  "GlobalSecondaryIndexes",
  "KeySchema",
  "LocalSecondaryIndexes",
  "SSESpecification",
  "StreamSpecification",
  "TableName",
  "TimeToLiveSpecification",
];

/** AWS::DynamoDB::GlobalTable with its one replica here: the CDK's TableV2. More replicas are refused by name. */
export const dynamodbGlobalTable = resource("AWS::DynamoDB::GlobalTable", {
  replaces: (desired, current) => dynamodbTable.replaces!(desired, current),
  create: (desired, context) => dynamodbTable.create(asTable(desired, context), context),
  update: (desired, current, context) =>
    dynamodbTable.update!(
      asTable(desired, context),
      { ...current, properties: asTable(current.properties, context) },
      context,
    ),
  delete: (current, context) => dynamodbTable.delete(current, context),
});

function asTable(properties: Properties, { region }: ResourceContext): Properties {
  const replicas = (properties.Replicas as Replica[] | undefined) ?? [];
  const own = replicas.find((replica) => replica.Region === region);
  const elsewhere = replicas.filter((replica) => replica !== own).map((replica) => replica.Region);
  if (!own || elsewhere.length > 0) {
    const given = replicas.map((replica) => replica.Region).join(", ");
    throw new AwsError(
      "ValidationError",
      `The local cloud supports global tables with one replica, in the stack's region ${region}; given: [${given}].`,
    );
  }
  return {
    ...pick(properties, SHARED),
    ...pick(own, ["DeletionProtectionEnabled", "PointInTimeRecoverySpecification", "TableClass", "Tags"]),
    ...(properties.BillingMode === "PROVISIONED" && { ProvisionedThroughput: throughput(properties, own) }),
  };
}

/** Capacity that scales by itself starts, and here stays, at its minimum. */
function throughput(properties: Properties, own: Replica): object {
  const write = properties.WriteProvisionedThroughputSettings as Settings | undefined;
  const read = own.ReadProvisionedThroughputSettings as Settings | undefined;
  return {
    WriteCapacityUnits: write?.WriteCapacityAutoScalingSettings?.MinCapacity ?? 1,
    ReadCapacityUnits: read?.ReadCapacityUnits ?? read?.ReadCapacityAutoScalingSettings?.MinCapacity ?? 1,
  };
}

interface Settings {
  readonly ReadCapacityUnits?: number;
  readonly ReadCapacityAutoScalingSettings?: { readonly MinCapacity: number };
  readonly WriteCapacityAutoScalingSettings?: { readonly MinCapacity: number };
}
