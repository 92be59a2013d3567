import type { Output, Input } from "../../../kit/operation-types.ts";
import type { Checked } from "../../../kit/checked.ts";
import type { WriteRequest } from "@aws-sdk/client-dynamodb";
import type { RequestContext } from "../../../service.ts";
import type { Engine } from "../context.ts";
import { RequestChecks } from "../request-checks.ts";
import { schemaOf, type RowKey } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { validationError } from "../errors.ts";
import { typeOf, type Item } from "../values/attribute-value.ts";
import { checkItem } from "../values/check-value.ts";
import { checkItemSize } from "../values/value-size.ts";
import { checkItemKeys, checkKey } from "./check-key.ts";
import { checkReturnMembers } from "./return-members.ts";
import { checkNoDuplicates } from "./row-set.ts";
import { reportWrites } from "./report-writes.ts";
import { writeItems, type ItemChange } from "./write-item.ts";
import type { StoredItem } from "../rows/item-rows.ts";

const MOST_WRITES = 25;

/** One put or delete. */
interface Write {
  readonly place: RowKey;
  readonly key: Item;
  readonly after: StoredItem | undefined;
}

/** Puts and deletes up to 25 items of any tables. Each write is atomic, the batch is not. */
export function batchWriteItem(
  engine: Engine,
  input: Input<"dynamodb", "BatchWriteItem">,
  context: RequestContext,
): Output<"dynamodb", "BatchWriteItem"> {
  checkMembers(input);
  const read = Object.entries(input.RequestItems).map(([name, requests]) => ({
    name,
    writes: requests.map(readRequest),
  }));
  const batches = read.map(({ name, writes }) => {
    const table = engine.tables.requireReady(context, name);
    return { name, table, writes: writes.map((write) => locate(table, write)) };
  });
  checkNoDuplicates(batches.map(({ table, writes }) => ({ table, places: writes.map(({ place }) => place) })));
  const changes: (ItemChange & { readonly key: Item })[] = batches.flatMap(({ table, writes }) =>
    writes.map(({ place, key, after }) => ({ table, place, key, before: engine.rows.get(table, place), after })),
  );
  writeItems(engine, changes);
  return { UnprocessedItems: {}, ...reportWrites(engine, changes, input) };
}

/** An item to put, or the key of one to delete, checked as values. */
type ReadRequest = { readonly put: Item; readonly size: number } | { readonly delete: Item };

function readRequest({ PutRequest: put, DeleteRequest: remove }: Checked<WriteRequest>): ReadRequest {
  if ((put === undefined) === (remove === undefined))
    throw validationError(
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes",
    );
  if (!put) return { delete: checkItem(remove!.Key) };
  const item = checkItem(put.Item);
  return { put: item, size: checkItemSize(item) };
}

function locate(table: Table, request: ReadRequest): Write {
  const { key } = schemaOf(table);
  if ("delete" in request) return { place: checkKey(key, request.delete), key: request.delete, after: undefined };
  const mistyped = key.attributes.some(({ name, type }) => {
    const value = request.put[name];
    return value !== undefined && typeOf(value) !== type;
  });
  if (mistyped) throw validationError("The provided key element does not match the schema");
  const { put: item, size } = request;
  return { place: checkItemKeys(table, item), key: item, after: { item, size } };
}

function checkMembers(input: Input<"dynamodb", "BatchWriteItem">): void {
  const { RequestItems } = input;
  if (RequestItems && Object.keys(RequestItems).length === 0)
    throw validationError("The requestItems parameter is required for BatchWriteItem");
  const checks = checkReturnMembers(new RequestChecks(), input)
    .required("requestItems", RequestItems)
    .mapLengths("requestItems", RequestItems, 1, MOST_WRITES);
  for (const [name, requests] of Object.entries(RequestItems ?? {}))
    for (const [at, { PutRequest, DeleteRequest }] of requests.entries()) {
      const path = `requestItems.${name}.member.${at + 1}.member`;
      if (PutRequest) checks.required(`${path}.putRequest.item`, PutRequest.Item);
      if (DeleteRequest) checks.required(`${path}.deleteRequest.key`, DeleteRequest.Key);
    }
  checks.done();
  const total = Object.values(RequestItems).reduce((sum, requests) => sum + requests.length, 0);
  if (total > MOST_WRITES) throw validationError("Too many items requested for the BatchWriteItem call");
}
