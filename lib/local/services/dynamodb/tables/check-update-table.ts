import type { Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { GlobalSecondaryIndexUpdate } from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import { RequestChecks } from "../request-checks.ts";
import { invalidParameter, validationError } from "../errors.ts";
import { checkIndexMembers, checkThroughput } from "./check-table.ts";

/** Members of which at least one says what to change. */
const CHANGES: readonly (keyof Input<"dynamodb", "UpdateTable">)[] = [
  "BillingMode",
  "DeletionProtectionEnabled",
  "GlobalSecondaryIndexUpdates",
  "OnDemandThroughput",
  "ProvisionedThroughput",
  "ReplicaUpdates",
  "SSESpecification",
  "StreamSpecification",
  "TableClass",
  "WarmThroughput",
];

/** Refuses what AWS's UpdateTable refuses before it looks at the table. */
export function checkUpdateTable(input: Input<"dynamodb", "UpdateTable">): void {
  const { GlobalSecondaryIndexUpdates: updates = [], ProvisionedThroughput: throughput } = input;
  const checks = new RequestChecks()
    .tableName(input.TableName)
    .oneOf("billingMode", input.BillingMode, ["PROVISIONED", "PAY_PER_REQUEST"])
    .oneOf("tableClass", input.TableClass, ["STANDARD", "STANDARD_INFREQUENT_ACCESS"])
    .range("provisionedThroughput.writeCapacityUnits", throughput?.WriteCapacityUnits, 1)
    .range("provisionedThroughput.readCapacityUnits", throughput?.ReadCapacityUnits, 1);
  const created = updates.flatMap(({ Create }) => (Create ? [Create] : []));
  checkIndexMembers(checks, "globalSecondaryIndexUpdates", created);
  checks.done();

  if (!CHANGES.some((member) => input[member] !== undefined))
    throw validationError(
      "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or " +
        "SSESpecification or ReplicaUpdates is required",
    );
  if (input.ReplicaUpdates?.length)
    throw validationError("Global tables are not supported by the local cloud: ReplicaUpdates cannot be applied.");
  if (input.BillingMode === "PROVISIONED" && !throughput)
    throw invalidParameter("ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  if (input.BillingMode === "PAY_PER_REQUEST" && throughput)
    throw invalidParameter(
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST",
    );
  checkThroughput(throughput);
  checkIndexUpdates(updates);
}

function checkIndexUpdates(updates: readonly Checked<GlobalSecondaryIndexUpdate>[]): void {
  const seen = new Set<string>();
  for (const { Create, Update, Delete } of updates) {
    const action = Create ?? Update ?? Delete;
    if (!action)
      throw invalidParameter(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, " +
          "GlobalSecondaryIndexUpdate.Delete must not be null",
      );
    if (seen.has(action.IndexName))
      throw invalidParameter(
        `Only one global secondary index update per index is allowed simultaneously. Index: ${action.IndexName}`,
      );
    seen.add(action.IndexName);
  }
  if (updates.filter(({ Create, Delete }) => Create ?? Delete).length > 1)
    throw new AwsError(
      "LimitExceededException",
      "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    );
}
