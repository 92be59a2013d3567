import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { Delete } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import { RequestChecks } from "../request-checks.ts";
import { schemaOf } from "../tables/table-schema.ts";
import { validationError } from "../errors.ts";
import type { Item } from "../values/attribute-value.ts";
import { checkItem } from "../values/check-value.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkKey } from "./check-key.ts";
import { collectionMetrics } from "./collection-metrics.ts";
import { checkMeets, readCondition } from "./condition-check.ts";
import { decideWrite, type PreparedWrite } from "./prepared-write.ts";
import { checkReturnMembers } from "./return-members.ts";
import { writeItems } from "./write-item.ts";

/** Deletes an item by its key, if its condition holds. A missing item is not an error. */
export function deleteItem(
  engine: Engine,
  input: Input<"dynamodb", "DeleteItem">,
  context: RequestContext,
): Output<"dynamodb", "DeleteItem"> {
  checkMembers(input);
  const prepared = prepareDelete(engine, input, context);
  const change = decideWrite(engine, prepared);
  writeItems(engine, [change]);
  const { table, place, before } = change;
  const meter = new CapacityMeter(table, "write");
  meter.write(change);
  return {
    ...(input.ReturnValues === "ALL_OLD" && before && { Attributes: before.item }),
    ConsumedCapacity: meter.report(input.ReturnConsumedCapacity),
    ItemCollectionMetrics: collectionMetrics(engine, table, place, prepared.key, input.ReturnItemCollectionMetrics),
  };
}

/** Reads a delete, of DeleteItem or of a transaction. */
export function prepareDelete(
  engine: Engine,
  input: Checked<Delete> & Pick<Input<"dynamodb", "DeleteItem">, "Expected" | "ConditionalOperator">,
  context: RequestContext,
): PreparedWrite & { readonly key: Item } {
  const key = checkItem(input.Key);
  const condition = readCondition(input, parseExpressions(input));
  const table = engine.tables.requireReady(context, input.TableName);
  return {
    table,
    key,
    locate: () => checkKey(schemaOf(table).key, key),
    decide(before) {
      checkMeets(condition, before?.item, input);
      return undefined;
    },
  };
}

function checkMembers(input: Input<"dynamodb", "DeleteItem">): void {
  checkReturnMembers(new RequestChecks(), input).tableName(input.TableName).required("key", input.Key).done();
  checkExpressionMembers(input, ["ConditionExpression"], ["Expected"]);
  if (input.ReturnValues && input.ReturnValues !== "ALL_OLD" && input.ReturnValues !== "NONE")
    throw validationError("ReturnValues can only be ALL_OLD or NONE");
}
