import type { Output, Input } from "../../../kit/operation-types.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { readKeyCondition, resolveKeyCondition, type KeyComparisons } from "../expressions/key-condition.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import { readKeyConditions } from "../legacy/key-conditions.ts";
import { readFilter } from "../legacy/read-filter.ts";
import { RequestChecks } from "../request-checks.ts";
import type { ByteRange, Position } from "../rows/item-range.ts";
import { schemaOf, type Key } from "../tables/table-schema.ts";
import { validationError } from "../errors.ts";
import { partitionBytes } from "../values/key-bytes.ts";
import { CapacityMeter } from "./capacity.ts";
import { readAttributesToGet } from "./get-item.ts";
import { readPage } from "./read-page.ts";
import { checkFilterKeys, checkReadMembers, checkSelect, findIndex, wantsWhole } from "./read-source.ts";
import { readStartKey, startPosition } from "./start-key.ts";

/** Reads items of one partition key in the order of their sort keys, up to 1 MB a page. */
export function query(
  engine: Engine,
  input: Input<"dynamodb", "Query">,
  context: RequestContext,
): Output<"dynamodb", "Query"> {
  checkReadMembers(new RequestChecks(), input)
    .oneOf("conditionalOperator", input.ConditionalOperator, ["OR", "AND"])
    .done();
  checkExpressionMembers(
    input,
    ["ProjectionExpression", "FilterExpression", "KeyConditionExpression"],
    ["AttributesToGet", "QueryFilter", "ConditionalOperator", ...legacyKeyMember(input)],
  );
  const startKey = readStartKey(input.ExclusiveStartKey);
  requireKeyCondition(input);
  checkSelect(input);
  const expressions = parseExpressions(input);
  const comparisons = expressions.keyCondition
    ? readKeyCondition(expressions.keyCondition)
    : readKeyConditions(input.KeyConditions!);
  const filter = expressions.filter ?? readFilter(input.QueryFilter, input.ConditionalOperator);
  const projection = expressions.projection ?? readAttributesToGet(input.AttributesToGet);

  const table = engine.tables.requireReady(context, input.TableName);
  const index = findIndex(table, input.IndexName, input.ConsistentRead);
  const key = index?.key ?? schemaOf(table).key;
  const { hash, range } = resolve(key, comparisons);
  const after = startKey && startPosition(table, index, startKey);
  if (after) checkStart(after, hash, range, comparisons.size > 1);
  const member = expressions.filter ? "Filter Expression" : "QueryFilter";
  checkFilterKeys(
    key.attributes.map(({ name }) => name),
    filter,
    member,
  );

  const meter = new CapacityMeter(table, "read");
  const page = readPage(
    engine,
    {
      table,
      index,
      stretch: { kind: "query", hash, range, forward: input.ScanIndexForward ?? true },
      after,
      limit: input.Limit,
      filter,
      projection,
      fetchWhole: wantsWhole(index, table, input.Select, projection),
      consistent: input.ConsistentRead,
    },
    meter,
  );
  return {
    ...(input.Select !== "COUNT" && { Items: page.items }),
    Count: page.items.length,
    ScannedCount: page.scanned,
    LastEvaluatedKey: page.lastKey,
    ConsumedCapacity: meter.report(input.ReturnConsumedCapacity),
  };
}

function requireKeyCondition(input: Input<"dynamodb", "Query">): void {
  if (input.KeyConditions !== undefined || input.KeyConditionExpression !== undefined) return;
  throw validationError(
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
  );
}

/** `KeyConditions` may stand beside filter and projection expressions, though not beside a key condition expression. */
function legacyKeyMember(input: Input<"dynamodb", "Query">): "KeyConditions"[] {
  return input.KeyConditionExpression === undefined ? [] : ["KeyConditions"];
}

function resolve(key: Key, comparisons: KeyComparisons): { hash: Uint8Array; range: ByteRange } {
  const { partition, range } = resolveKeyCondition(key, comparisons);
  return { hash: partitionBytes(partition), range };
}

/** A start key of another partition, or outside the stretch, belongs to another query. */
function checkStart({ row, entry }: Position, hash: Uint8Array, range: ByteRange, hasRange: boolean): void {
  const place = entry ?? row;
  if (hasRange && !isWithin(range, place.range))
    throw validationError("The provided starting key does not match the range key predicate");
  if (Buffer.compare(place.hash, hash) !== 0)
    throw validationError(
      hasRange
        ? "The query can return at most one row and cannot be restarted"
        : "The provided starting key is outside query boundaries based on provided conditions",
    );
}

function isWithin({ low, high }: ByteRange, bytes: Uint8Array): boolean {
  const fromLow = low ? Buffer.compare(bytes, low.bytes) : 1;
  const toHigh = high ? Buffer.compare(bytes, high.bytes) : -1;
  return (fromLow > 0 || (fromLow === 0 && low!.inclusive)) && (toHigh < 0 || (toHigh === 0 && high!.inclusive));
}
