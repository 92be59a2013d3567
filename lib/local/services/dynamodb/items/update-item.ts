import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { Update } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { itemOfKey } from "../expressions/apply-update.ts";
import { project } from "../expressions/project.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import type { Path } from "../expressions/syntax.ts";
import { RequestChecks } from "../request-checks.ts";
import { schemaOf } from "../tables/table-schema.ts";
import type { Item } from "../values/attribute-value.ts";
import { checkItem } from "../values/check-value.ts";
import { checkItemSize } from "../values/value-size.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkKey } from "./check-key.ts";
import { collectionMetrics } from "./collection-metrics.ts";
import { checkMeets, readCondition } from "./condition-check.ts";
import { decideWrite, type PreparedWrite } from "./prepared-write.ts";
import { checkReturnMembers } from "./return-members.ts";
import { checkUpdatedKeys, checkUpdateTargets, readUpdate } from "./update-actions.ts";
import { writeItems, type ItemChange } from "./write-item.ts";

type Request = Omit<Checked<Update>, "UpdateExpression"> &
  Pick<Input<"dynamodb", "UpdateItem">, "UpdateExpression" | "AttributeUpdates" | "Expected" | "ConditionalOperator">;

interface PreparedUpdate extends PreparedWrite {
  readonly key: Item;
  /** What the update is about. */
  readonly paths: readonly Path[];
}

/** Changes attributes of an item, if its condition holds; makes the item where there is none. */
export function updateItem(
  engine: Engine,
  input: Input<"dynamodb", "UpdateItem">,
  context: RequestContext,
): Output<"dynamodb", "UpdateItem"> {
  checkMembers(input);
  const prepared = prepareUpdate(engine, input, context);
  const change = decideWrite(engine, prepared);
  writeItems(engine, [change]);
  const { table, place } = change;
  const meter = new CapacityMeter(table, "write");
  meter.write(change);
  const attributes = returnedAttributes(change, prepared.paths, input.ReturnValues);
  return {
    ...(attributes && Object.keys(attributes).length > 0 && { Attributes: attributes }),
    ConsumedCapacity: meter.report(input.ReturnConsumedCapacity),
    ItemCollectionMetrics: collectionMetrics(engine, table, place, prepared.key, input.ReturnItemCollectionMetrics),
  };
}

/** Reads an update, of UpdateItem or of a transaction. */
export function prepareUpdate(engine: Engine, input: Request, context: RequestContext): PreparedUpdate {
  const key = checkItem(input.Key);
  const expressions = parseExpressions(input);
  const condition = readCondition(input, expressions);
  const update = readUpdate(expressions.update, input.AttributeUpdates);
  const table = engine.tables.requireReady(context, input.TableName);
  return {
    table,
    key,
    paths: update.paths,
    locate() {
      const place = checkKey(schemaOf(table).key, key);
      checkUpdateTargets(table, update);
      return place;
    },
    decide(before) {
      checkMeets(condition, before?.item, input);
      const item = update.apply(before?.item ?? itemOfKey(key));
      checkUpdatedKeys(table, item);
      return { item, size: checkItemSize(item, "Item size to update has exceeded the maximum allowed size") };
    },
  };
}

function returnedAttributes(
  { before, after }: ItemChange,
  paths: readonly Path[],
  wanted: Input<"dynamodb", "UpdateItem">["ReturnValues"],
): Item | undefined {
  switch (wanted) {
    case "ALL_OLD":
      return before?.item;
    case "ALL_NEW":
      return after!.item;
    case "UPDATED_OLD":
      return before && project(before.item, paths);
    case "UPDATED_NEW":
      return project(after!.item, paths);
    default:
      return undefined;
  }
}

function checkMembers(input: Input<"dynamodb", "UpdateItem">): void {
  checkReturnMembers(new RequestChecks(), input).tableName(input.TableName).required("key", input.Key).done();
  checkExpressionMembers(input, ["UpdateExpression", "ConditionExpression"], ["AttributeUpdates", "Expected"]);
}
