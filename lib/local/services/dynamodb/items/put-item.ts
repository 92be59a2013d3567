import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { Put } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import { RequestChecks } from "../request-checks.ts";
import { validationError } from "../errors.ts";
import { checkItem } from "../values/check-value.ts";
import { checkItemSize } from "../values/value-size.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkItemKeys } from "./check-key.ts";
import { collectionMetrics } from "./collection-metrics.ts";
import { checkMeets, readCondition } from "./condition-check.ts";
import { decideWrite, type PreparedWrite } from "./prepared-write.ts";
import { checkReturnMembers } from "./return-members.ts";
import { writeItems } from "./write-item.ts";

/** Writes an item whole, if its condition holds. An item has at most 400 KB. */
export function putItem(
  engine: Engine,
  input: Input<"dynamodb", "PutItem">,
  context: RequestContext,
): Output<"dynamodb", "PutItem"> {
  checkMembers(input);
  const change = decideWrite(engine, preparePut(engine, input, context));
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

/** Reads a put, of PutItem or of a transaction. */
export function preparePut(
  engine: Engine,
  input: Checked<Put> & Pick<Input<"dynamodb", "PutItem">, "Expected" | "ConditionalOperator">,
  context: RequestContext,
): PreparedWrite {
  const item = checkItem(input.Item);
  const size = checkItemSize(item);
  const condition = readCondition(input, parseExpressions(input));
  const table = engine.tables.requireReady(context, input.TableName);
  return {
    table,
    locate: () => checkItemKeys(table, item),
    decide(before) {
      checkMeets(condition, before?.item, input);
      return { item, size };
    },
  };
}

function checkMembers(input: Input<"dynamodb", "PutItem">): void {
  checkReturnMembers(new RequestChecks(), input).tableName(input.TableName).required("item", input.Item).done();
  checkExpressionMembers(input, ["ConditionExpression"], ["Expected"]);
  if (input.ReturnValues && input.ReturnValues !== "ALL_OLD" && input.ReturnValues !== "NONE")
    throw validationError("ReturnValues can only be ALL_OLD or NONE");
}
