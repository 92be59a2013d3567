import type { Input } from "../../../kit/operation-types.ts";
import type { Select } from "@aws-sdk/client-dynamodb";
import type { Condition, Path } from "../expressions/syntax.ts";
import { allOperands, operandsOf, simpleConditions } from "../expressions/syntax.ts";
import type { RequestChecks } from "../request-checks.ts";
import { schemaOf, type IndexSchema } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { invalidParameter, validationError } from "../errors.ts";

/** AWS's model of what Query and Scan have in common. */
export function checkReadMembers(
  checks: RequestChecks,
  input: Input<"dynamodb", "Query"> | Input<"dynamodb", "Scan">,
): RequestChecks {
  return checks
    .oneOf("select", input.Select, ["SPECIFIC_ATTRIBUTES", "COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"])
    .name("indexName", input.IndexName)
    .oneOf("returnConsumedCapacity", input.ReturnConsumedCapacity, ["INDEXES", "TOTAL", "NONE"])
    .tableName(input.TableName)
    .length("attributesToGet", input.AttributesToGet, 1, 255)
    .range("limit", input.Limit, 1);
}

/** Refuses what `Select` does not go with, before the table is known. */
export function checkSelect(input: Input<"dynamodb", "Query"> | Input<"dynamodb", "Scan">): void {
  const { Select: select, IndexName: index } = input;
  const list = input.ProjectionExpression !== undefined ? "ProjectionExpression" : "AttributesToGet";
  const hasList = input.ProjectionExpression !== undefined || input.AttributesToGet !== undefined;
  if (select === "ALL_PROJECTED_ATTRIBUTES" && !index)
    throw validationError("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
  if (select === "SPECIFIC_ATTRIBUTES" && !hasList)
    throw validationError(
      "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    );
  if (select && select !== "SPECIFIC_ATTRIBUTES" && hasList)
    throw validationError(
      `Cannot specify the ${list} when choosing to get ${select === "COUNT" ? "only the Count" : select}`,
    );
}

/** The index that the request reads; undefined for the table itself. */
export function findIndex(
  table: Table,
  name: string | undefined,
  consistent: boolean | undefined,
): IndexSchema | undefined {
  if (name === undefined) return undefined;
  const found = schemaOf(table).indexes.find(({ index }) => index.name === name);
  if (!found) throw validationError(`The table does not have the specified index: ${name}`);
  if (found.isGlobal && consistent)
    throw validationError("Consistent reads are not supported on global secondary indexes");
  return found;
}

/** Whether whole items must be fetched for what an index holds only in part; a global index cannot. */
export function wantsWhole(
  index: IndexSchema | undefined,
  table: Table,
  select: Select | undefined,
  projection: readonly Path[] | undefined,
): boolean {
  if (!index || index.index.projection.ProjectionType === "ALL") return false;
  const { name } = index.index;
  if (index.isGlobal && select === "ALL_ATTRIBUTES")
    throw invalidParameter(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${name} because its projection type is not ALL`,
    );
  const missing = unprojected(index, table, projection ?? []);
  if (index.isGlobal && missing.length > 0)
    throw invalidParameter(`Global secondary index ${name} does not project [${missing.join(", ")}]`);
  return select === "ALL_ATTRIBUTES" || missing.length > 0;
}

/** Refuses a filter on the key that is read by: the key condition is for that. */
export function checkFilterKeys(names: readonly string[], filter: Condition | undefined, member: string): void {
  const heads = new Set(pathsOf(filter).map((path) => path[0]));
  const key = names.find((name) => heads.has(name));
  if (key !== undefined)
    throw validationError(`${member} can only contain non-primary key attributes: Primary key attribute: ${key}`);
}

function unprojected({ index, key }: IndexSchema, table: Table, projection: readonly Path[]): string[] {
  const projected = new Set([
    ...schemaOf(table).key.attributes.map(({ name }) => name),
    ...key.attributes.map(({ name }) => name),
    ...(index.projection.NonKeyAttributes ?? []),
  ]);
  return [...new Set(projection.map(([head]) => String(head)))].filter((name) => !projected.has(name));
}

function pathsOf(condition: Condition | undefined): Path[] {
  const operands = condition ? simpleConditions(condition).flatMap(operandsOf).flatMap(allOperands) : [];
  return operands.flatMap((operand) => (operand.kind === "path" ? [operand.path] : []));
}
