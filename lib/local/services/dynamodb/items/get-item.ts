import type { Output, Input } from "../../../kit/operation-types.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { project } from "../expressions/project.ts";
import { checkExpressionMembers, parseExpressions, type RawExpressions } from "../expressions/request-expressions.ts";
import type { Path } from "../expressions/syntax.ts";
import { schemaOf } from "../tables/table-schema.ts";
import { RequestChecks } from "../request-checks.ts";
import { invalidParameter } from "../errors.ts";
import { checkItem } from "../values/check-value.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkKey } from "./check-key.ts";
import { checkReturnMembers } from "./return-members.ts";

/** Reads an item by its key. The answer has no `Item` where the table has none. */
export function getItem(
  engine: Engine,
  input: Input<"dynamodb", "GetItem">,
  context: RequestContext,
): Output<"dynamodb", "GetItem"> {
  const checks = new RequestChecks().tableName(input.TableName).required("key", input.Key);
  checkReturnMembers(checks.length("attributesToGet", input.AttributesToGet, 1, 255), input).done();
  checkExpressionMembers(input, ["ProjectionExpression"], ["AttributesToGet"]);
  const key = checkItem(input.Key);
  const paths = readProjection(input);
  const table = engine.tables.requireReady(context, input.TableName);
  const stored = engine.rows.get(table, checkKey(schemaOf(table).key, key));
  const meter = new CapacityMeter(table, "read");
  meter.read(stored?.size ?? 0, input.ConsistentRead);
  return {
    ...(stored && { Item: paths ? project(stored.item, paths) : stored.item }),
    ConsumedCapacity: meter.report(input.ReturnConsumedCapacity),
  };
}

/** The attributes that the request returns of each item: by expression, or by the legacy list. */
export function readProjection(
  input: RawExpressions & { readonly AttributesToGet?: readonly string[] },
): Path[] | undefined {
  const { projection } = parseExpressions(input);
  return projection ?? readAttributesToGet(input.AttributesToGet);
}

/** The projection that the older `AttributesToGet` means; undefined without it. */
export function readAttributesToGet(names: readonly string[] | undefined): Path[] | undefined {
  const repeated = names?.find((name, at) => names.indexOf(name) < at);
  if (repeated !== undefined) throw invalidParameter(`Duplicate value in attribute name: ${repeated}`);
  return names?.map((name) => [name]);
}
