import type { Put, PutItemInput, PutItemOutput } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../engine.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../validation-error.ts";
import { checkItem } from "../values/check-value.ts";
import { checkItemSize } from "../values/value-size.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkItemKeys } from "./check-key.ts";
import { collectionMetrics } from "./collection-metrics.ts";
import { checkMeets, readCondition } from "./condition-check.ts";
import { checkReturnMembers } from "./return-members.ts";
import { writeItems, type ItemChange } from "./write-item.ts";

export function putItem(engine: Engine, input: PutItemInput, context: RequestContext): PutItemOutput {
  checkMembers(input);
  const change = preparePut(engine, input, context)();
  writeItems(engine, [change]);
  const { table, place, before, after } = change;
  const meter = new CapacityMeter(table, "write");
  meter.write(change);
  return {
    ...(input.ReturnValues === "ALL_OLD" && before && { Attributes: before.item }),
    ConsumedCapacity: meter.report(input.ReturnConsumedCapacity),
    ItemCollectionMetrics: collectionMetrics(engine, table, place, after!.item, input.ReturnItemCollectionMetrics),
  };
}

/** Checks a put as far as that goes without the item before it; the rest happens when the result is called. */
export function preparePut(
  engine: Engine,
  input: Put & Pick<PutItemInput, "Expected" | "ConditionalOperator">,
  context: RequestContext,
): () => ItemChange {
  const item = checkItem(input.Item!);
  const size = checkItemSize(item);
  const expressions = parseExpressions(input);
  const condition = readCondition(input, expressions);
  const table = engine.tables.requireReady(context, input.TableName!);
  const place = checkItemKeys(table, item);
  return () => {
    const before = engine.rows.get(table, place);
    checkMeets(condition, before?.item, input);
    return { table, place, before, after: { item, size } };
  };
}

function checkMembers(input: PutItemInput): void {
  const checks = new RequestChecks().tableName(input.TableName).required("item", input.Item);
  checkReturnMembers(checks, input).done();
  checkExpressionMembers(input, ["ConditionExpression"], ["Expected"]);
  if (input.ReturnValues && input.ReturnValues !== "ALL_OLD" && input.ReturnValues !== "NONE")
    throw validationError("ReturnValues can only be ALL_OLD or NONE");
}
