import type { Output, Input } from "../../../kit/operation-types.ts";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { checkExpressionMembers, parseExpressions } from "../expressions/request-expressions.ts";
import { readFilter } from "../legacy/read-filter.ts";
import { RequestChecks } from "../request-checks.ts";
import type { ByteRange, Position } from "../rows/item-range.ts";
import { schemaOf, type IndexSchema } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { validationError } from "../errors.ts";
import type { Item } from "../values/attribute-value.ts";
import { PARTITION_PREFIX_BYTES } from "../values/key-bytes.ts";
import { CapacityMeter } from "./capacity.ts";
import { readAttributesToGet } from "./get-item.ts";
import { readPage } from "./read-page.ts";
import { checkReadMembers, checkSelect, findIndex, wantsWhole } from "./read-source.ts";
import { readStartKey, startPosition } from "./start-key.ts";

const MOST_SEGMENTS = 1_000_000;

/** Reads all items of a table, an index or one segment of it, up to 1 MB a page. */
export function scan(
  engine: Engine,
  input: Input<"dynamodb", "Scan">,
  context: RequestContext,
): Output<"dynamodb", "Scan"> {
  checkReadMembers(new RequestChecks(), input)
    .oneOf("conditionalOperator", input.ConditionalOperator, ["OR", "AND"])
    .range("totalSegments", input.TotalSegments, 1, MOST_SEGMENTS)
    .range("segment", input.Segment, 0, MOST_SEGMENTS - 1)
    .done();
  checkExpressionMembers(
    input,
    ["ProjectionExpression", "FilterExpression"],
    ["AttributesToGet", "ScanFilter", "ConditionalOperator"],
  );
  const projectionList = readAttributesToGet(input.AttributesToGet);
  const startKey = readStartKey(input.ExclusiveStartKey);
  checkSegment(input);
  checkSelect(input);
  const expressions = parseExpressions(input);
  const projection = expressions.projection ?? projectionList;

  const table = engine.tables.requireReady(context, input.TableName);
  const index = findIndex(table, input.IndexName, input.ConsistentRead);
  const hash = segmentRange(input.Segment ?? 0, input.TotalSegments ?? 1);
  const after = startKey && scanPosition(table, index, startKey);
  if (after) checkStart(after, hash, input);

  const meter = new CapacityMeter(table, "read");
  const page = readPage(
    engine,
    {
      table,
      index,
      stretch: { kind: "scan", hash },
      after,
      limit: input.Limit,
      filter: expressions.filter ?? readFilter(input.ScanFilter, input.ConditionalOperator),
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

/** A scan of a table says more of a start key with too many or too few attributes than a query does. */
function scanPosition(table: Table, index: IndexSchema | undefined, startKey: Item): Position {
  if (!index && Object.keys(startKey).length !== schemaOf(table).key.attributes.length)
    throw validationError("The provided starting key is invalid: The provided key element does not match the schema");
  return startPosition(table, index, startKey);
}

function checkSegment({ Segment: segment, TotalSegments: total }: Input<"dynamodb", "Scan">): void {
  const missing = (member: string, given: string) =>
    validationError(`The ${member} parameter is required but was not present in the request when ${given} is present`);
  if (segment !== undefined && total === undefined) throw missing("TotalSegments", "Segment parameter");
  if (total !== undefined && segment === undefined) throw missing("Segment", "parameter TotalSegments");
  if (segment !== undefined && segment >= total!)
    throw validationError(
      "The Segment parameter is zero-based and must be less than parameter TotalSegments: " +
        `Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
}

/** The segment's stretch of the partitions' hashes. */
function segmentRange(segment: number, total: number): ByteRange {
  if (total === 1) return {};
  return {
    low: { bytes: hashBound(segment / total), inclusive: true },
    ...(segment + 1 < total && { high: { bytes: hashBound((segment + 1) / total), inclusive: false } }),
  };
}

function hashBound(share: number): Uint8Array {
  const bytes = Buffer.alloc(PARTITION_PREFIX_BYTES);
  bytes.writeUInt32BE(Math.ceil(share * 2 ** (8 * PARTITION_PREFIX_BYTES)));
  return bytes;
}

function checkStart(
  { row, entry }: Position,
  { low, high }: ByteRange,
  { Segment, TotalSegments }: Input<"dynamodb", "Scan">,
): void {
  const { hash } = entry ?? row;
  if (low && Buffer.compare(hash, low.bytes) >= 0 && (!high || Buffer.compare(hash, high.bytes) < 0)) return;
  if (low)
    throw validationError(
      "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. " +
        `TotalSegments: ${TotalSegments} Segment: ${Segment}`,
    );
}
