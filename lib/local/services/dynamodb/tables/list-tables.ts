import type { Output, Input } from "../../../kit/operation-types.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";

const MOST_NAMES = 100;

/** Lists the region's tables by name, a page of at most 100 at a time. */
export function listTables(
  engine: Engine,
  input: Input<"dynamodb", "ListTables">,
  context: RequestContext,
): Output<"dynamodb", "ListTables"> {
  new RequestChecks()
    .name("exclusiveStartTableName", input.ExclusiveStartTableName)
    .range("limit", input.Limit, 1, MOST_NAMES)
    .done();
  const after = input.ExclusiveStartTableName ?? "";
  const names = engine.tables
    .list(context)
    .map(({ name }) => name)
    .filter((name) => name > after);
  const page = names.slice(0, input.Limit ?? MOST_NAMES);
  return { TableNames: page, ...(page.length < names.length && { LastEvaluatedTableName: page.at(-1) }) };
}
