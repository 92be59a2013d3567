import type {
  DescribeContributorInsightsInput,
  DescribeContributorInsightsOutput,
  UpdateContributorInsightsInput,
  UpdateContributorInsightsOutput,
} from "@aws-sdk/client-dynamodb";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import type { Table } from "./table.ts";

/** Keeps the setting; nothing is counted. */
export function updateContributorInsights(
  engine: Engine,
  input: UpdateContributorInsightsInput,
  context: RequestContext,
): UpdateContributorInsightsOutput {
  new RequestChecks()
    .tableName(input.TableName)
    .name("indexName", input.IndexName)
    .required("contributorInsightsAction", input.ContributorInsightsAction)
    .oneOf("contributorInsightsAction", input.ContributorInsightsAction, ["ENABLE", "DISABLE"])
    .done();
  const table = requireSource(engine, input, context);
  const others = (table.contributorInsights ?? []).filter((name) => name !== (input.IndexName ?? ""));
  const enable = input.ContributorInsightsAction === "ENABLE";
  engine.tables.save({ ...table, contributorInsights: enable ? [...others, input.IndexName ?? ""] : others });
  return {
    TableName: table.name,
    IndexName: input.IndexName,
    ContributorInsightsStatus: enable ? "ENABLING" : "DISABLING",
  };
}

export function describeContributorInsights(
  engine: Engine,
  input: DescribeContributorInsightsInput,
  context: RequestContext,
): DescribeContributorInsightsOutput {
  new RequestChecks().tableName(input.TableName).name("indexName", input.IndexName).done();
  const table = requireSource(engine, input, context);
  const enabled = table.contributorInsights?.includes(input.IndexName ?? "");
  return {
    TableName: table.name,
    IndexName: input.IndexName,
    ContributorInsightsStatus: enabled ? "ENABLED" : "DISABLED",
  };
}

function requireSource(
  engine: Engine,
  { TableName, IndexName }: Pick<DescribeContributorInsightsInput, "TableName" | "IndexName">,
  context: RequestContext,
): Table {
  const table = engine.tables.require(context, TableName!);
  if (IndexName === undefined || table.globalIndexes.some(({ name }) => name === IndexName)) return table;
  throw new AwsError(
    "ResourceNotFoundException",
    `Requested resource not found: Table: ${table.name} Index: ${IndexName} not found`,
  );
}
