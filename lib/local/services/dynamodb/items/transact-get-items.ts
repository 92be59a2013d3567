import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { TransactGetItem } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { project } from "../expressions/project.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import { RequestChecks } from "../request-checks.ts";
import { schemaOf } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { checkItem } from "../values/check-value.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkKey } from "./check-key.ts";
import { checkOneOperationEach } from "./row-set.ts";
import { forEachAction, MOST_ACTIONS } from "./transaction.ts";

/** Reads up to 100 items as they were at one moment, at most 4 MB. */
export function transactGetItems(
  engine: Engine,
  input: Input<"dynamodb", "TransactGetItems">,
  context: RequestContext,
): Output<"dynamodb", "TransactGetItems"> {
  checkMembers(input);
  const gets = input.TransactItems.map(({ Get }) => {
    checkExpressionMembers(Get, ["ProjectionExpression"], []);
    const paths = parseExpressions(Get).projection;
    return { key: checkItem(Get.Key), paths, table: engine.tables.requireReady(context, Get.TableName) };
  });
  const places = forEachAction(gets, ({ table, key }) => checkKey(schemaOf(table).key, key));
  checkOneOperationEach(gets.map(({ table }, at) => ({ table, place: places[at]! })));

  const meters = new Map<Table, CapacityMeter>();
  const responses = gets.map(({ table, paths }, at) => {
    const stored = engine.rows.get(table, places[at]!);
    const meter = meters.get(table) ?? new CapacityMeter(table, "read", true);
    meter.read(stored?.size ?? 0, true);
    meters.set(table, meter);
    return stored ? { Item: paths ? project(stored.item, paths) : stored.item } : {};
  });
  const consumed = [...meters.values()]
    .map((meter) => meter.report(input.ReturnConsumedCapacity))
    .filter((report) => report !== undefined);
  return { Responses: responses, ...(consumed.length > 0 && { ConsumedCapacity: consumed }) };
}

function checkMembers({ TransactItems, ReturnConsumedCapacity }: Input<"dynamodb", "TransactGetItems">): void {
  const checks = new RequestChecks()
    .required("transactItems", TransactItems)
    .length("transactItems", TransactItems, 1, MOST_ACTIONS)
    .oneOf("returnConsumedCapacity", ReturnConsumedCapacity, ["INDEXES", "TOTAL", "NONE"]);
  for (const [at, { Get }] of (TransactItems ?? ([] as Checked<TransactGetItem>[])).entries()) {
    const path = `transactItems.${at + 1}.member.get`;
    checks.required(path, Get);
    if (!Get) continue;
    checks.required(`${path}.key`, Get.Key).required(`${path}.tableName`, Get.TableName);
  }
  checks.done();
}
