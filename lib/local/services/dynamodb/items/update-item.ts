import type { AttributeValueUpdate, Update, UpdateItemInput, UpdateItemOutput } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../engine.ts";
import { applyUpdate, itemOfKey } from "../expressions/apply-update.ts";
import { project } from "../expressions/project.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import type { Path } from "../expressions/syntax.ts";
import { applyAttributeUpdates, readAttributeUpdates } from "../legacy/attribute-updates.ts";
import { RequestChecks } from "../request-checks.ts";
import { schemaOf } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { invalidParameter, validationError } from "../validation-error.ts";
import type { Item } from "../values/attribute-value.ts";
import { checkItem } from "../values/check-value.ts";
import { checkItemSize } from "../values/value-size.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkIndexKeys, checkKey } from "./check-key.ts";
import { collectionMetrics } from "./collection-metrics.ts";
import { checkMeets, readCondition } from "./condition-check.ts";
import { checkReturnMembers } from "./return-members.ts";
import { writeItems, type ItemChange } from "./write-item.ts";

type Request = Omit<Update, "UpdateExpression"> &
  Pick<UpdateItemInput, "UpdateExpression" | "AttributeUpdates" | "Expected" | "ConditionalOperator">;

/** A change, the key that it was asked for, and the paths that it was about. */
interface Updated extends ItemChange {
  readonly key: Item;
  readonly paths: readonly Path[];
}

export function updateItem(engine: Engine, input: UpdateItemInput, context: RequestContext): UpdateItemOutput {
  checkMembers(input);
  const change = prepareUpdate(engine, input, context)();
  writeItems(engine, [change]);
  const { table, place } = change;
  const meter = new CapacityMeter(table, "write");
  meter.write(change);
  const attributes = returnedAttributes(change, input);
  return {
    ...(attributes && Object.keys(attributes).length > 0 && { Attributes: attributes }),
    ConsumedCapacity: meter.report(input.ReturnConsumedCapacity),
    ItemCollectionMetrics: collectionMetrics(engine, table, place, change.key, input.ReturnItemCollectionMetrics),
  };
}

/** Checks an update as far as that goes without the item; the rest happens when the result is called. */
export function prepareUpdate(engine: Engine, input: Request, context: RequestContext): () => Updated {
  const key = checkItem(input.Key!);
  const expressions = parseExpressions(input);
  const condition = readCondition(input, expressions);
  const update = readUpdate(expressions.update, input.AttributeUpdates);
  const table = engine.tables.requireReady(context, input.TableName!);
  const place = checkKey(schemaOf(table).key, key);
  checkKeysUntouched(table, update.paths);
  return () => {
    const before = engine.rows.get(table, place);
    checkMeets(condition, before?.item, input);
    const item = update.apply(before?.item ?? itemOfKey(key));
    checkIndexKeys(table, item);
    const size = checkItemSize(item, "Item size to update has exceeded the maximum allowed size");
    return { table, place, before, after: { item, size }, key, paths: update.paths };
  };
}

interface ReadUpdate {
  readonly paths: readonly Path[];
  apply(item: Item): Item;
}

function readUpdate(
  actions: ReturnType<typeof parseExpressions>["update"],
  attributeUpdates: Readonly<Record<string, AttributeValueUpdate>> | undefined,
): ReadUpdate {
  if (actions)
    return { paths: actions.map((action) => action.target.path), apply: (item) => applyUpdate(item, actions) };
  const updates = readAttributeUpdates(attributeUpdates ?? {});
  return { paths: updates.map(({ name }) => [name]), apply: (item) => applyAttributeUpdates(item, updates) };
}

function checkKeysUntouched(table: Table, paths: readonly Path[]): void {
  const { key, indexes } = schemaOf(table);
  for (const { name } of key.attributes)
    if (paths.some((path) => path[0] === name))
      throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
  for (const { name } of indexes.flatMap((index) => index.key.attributes))
    if (paths.some((path) => path[0] === name && path.length > 1))
      throw validationError(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: ${name}`,
      );
}

function returnedAttributes({ before, after, paths }: Updated, { ReturnValues }: UpdateItemInput): Item | undefined {
  switch (ReturnValues) {
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

function checkMembers(input: UpdateItemInput): void {
  const checks = new RequestChecks().tableName(input.TableName).required("key", input.Key);
  checkReturnMembers(checks, input).done();
  checkExpressionMembers(input, ["UpdateExpression", "ConditionExpression"], ["AttributeUpdates", "Expected"]);
}
