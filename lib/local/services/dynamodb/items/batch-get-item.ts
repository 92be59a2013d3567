import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { ConsumedCapacity, KeysAndAttributes } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { project } from "../expressions/project.ts";
import { checkExpressionMembers } from "../expressions/request-expressions.ts";
import type { Path } from "../expressions/syntax.ts";
import { RequestChecks } from "../request-checks.ts";
import { schemaOf, type RowKey } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { validationError } from "../errors.ts";
import type { Item } from "../values/attribute-value.ts";
import { checkItem } from "../values/check-value.ts";
import { CapacityMeter } from "./capacity.ts";
import { checkKey } from "./check-key.ts";
import { readProjection } from "./get-item.ts";
import { checkNoDuplicates } from "./row-set.ts";

const MOST_KEYS = 100;

/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html */
const RESPONSE_BYTES = 16 * 1024 * 1024;

/** The reads of one table. */
interface TableReads {
  readonly name: string;
  readonly request: Checked<KeysAndAttributes>;
  readonly table: Table;
  readonly places: readonly RowKey[];
  readonly paths: readonly Path[] | undefined;
}

/** Reads up to 100 items of any tables, at most 16 MB; what does not fit comes back as `UnprocessedKeys`. */
export function batchGetItem(
  engine: Engine,
  input: Input<"dynamodb", "BatchGetItem">,
  context: RequestContext,
): Output<"dynamodb", "BatchGetItem"> {
  checkMembers(input);
  const reads = Object.entries(input.RequestItems).map(([name, request]) => prepare(engine, name, request, context));
  const responses: [string, Item[]][] = [];
  const unprocessed: [string, Checked<KeysAndAttributes>][] = [];
  const consumed: ConsumedCapacity[] = [];
  let bytes = 0;
  for (const { name, request, table, places, paths } of reads) {
    const meter = new CapacityMeter(table, "read");
    const items: Item[] = [];
    const left: NonNullable<Checked<KeysAndAttributes>["Keys"]> = [];
    for (const [at, place] of places.entries()) {
      const stored = engine.rows.get(table, place);
      if (bytes + (stored?.size ?? 0) > RESPONSE_BYTES) left.push(request.Keys[at]!);
      else {
        bytes += stored?.size ?? 0;
        meter.read(stored?.size ?? 0, request.ConsistentRead);
        if (stored) items.push(paths ? project(stored.item, paths) : stored.item);
      }
    }
    responses.push([name, items]);
    if (left.length > 0) unprocessed.push([name, { ...request, Keys: left }]);
    consumed.push(...[meter.report(input.ReturnConsumedCapacity)].filter((report) => report !== undefined));
  }
  return {
    Responses: Object.fromEntries(responses),
    UnprocessedKeys: Object.fromEntries(unprocessed),
    ...(consumed.length > 0 && { ConsumedCapacity: consumed }),
  };
}

function prepare(
  engine: Engine,
  name: string,
  request: Checked<KeysAndAttributes>,
  context: RequestContext,
): TableReads {
  checkExpressionMembers(request, ["ProjectionExpression"], ["AttributesToGet"]);
  const paths = readProjection(request);
  const keys = request.Keys.map((key) => checkItem(key));
  const table = engine.tables.requireReady(context, name);
  const places = keys.map((key) => checkKey(schemaOf(table).key, key));
  checkNoDuplicates([{ table, places }]);
  return { name, request, table, places, paths };
}

function checkMembers({ RequestItems, ReturnConsumedCapacity }: Input<"dynamodb", "BatchGetItem">): void {
  const entries = Object.entries(RequestItems ?? {});
  if (RequestItems && entries.length === 0)
    throw validationError("The requestItems parameter is required for BatchGetItem");
  const checks = new RequestChecks()
    .oneOf("returnConsumedCapacity", ReturnConsumedCapacity, ["INDEXES", "TOTAL", "NONE"])
    .required("requestItems", RequestItems);
  for (const [name, { Keys, AttributesToGet }] of entries)
    checks
      .required(`requestItems.${name}.member.keys`, Keys)
      .length(`requestItems.${name}.member.keys`, Keys, 1, MOST_KEYS)
      .length(`requestItems.${name}.member.attributesToGet`, AttributesToGet, 1, 255);
  checks.done();
  const total = entries.reduce((sum, [, { Keys }]) => sum + Keys.length, 0);
  if (total > MOST_KEYS) throw validationError("Too many items requested for the BatchGetItem call");
}
