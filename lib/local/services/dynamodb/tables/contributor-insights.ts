import type { Output, Input } from "../../../kit/operation-types.ts";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import type { Table } from "./table.ts";

/** Keeps the setting; nothing is counted. */
export function updateContributorInsights(
  engine: Engine,
  input: Input<"dynamodb", "UpdateContributorInsights">,
  context: RequestContext,
): Output<"dynamodb", "UpdateContributorInsights"> {
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

/** Whether contributor insights are on for a table or an index. */
export function describeContributorInsights(
  engine: Engine,
  input: Input<"dynamodb", "DescribeContributorInsights">,
  context: RequestContext,
): Output<"dynamodb", "DescribeContributorInsights"> {
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
  { TableName, IndexName }: Pick<Input<"dynamodb", "DescribeContributorInsights">, "TableName" | "IndexName">,
  context: RequestContext,
): Table {
  const table = engine.tables.require(context, TableName);
  if (IndexName === undefined || table.globalIndexes.some(({ name }) => name === IndexName)) return table;
  throw new AwsError(
    "ResourceNotFoundException",
    `Requested resource not found: Table: ${table.name} Index: ${IndexName} not found`,
  );
}
