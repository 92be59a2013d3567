import type { RowKey } from "../tables/table-schema.ts";
import type { Table } from "../tables/table.ts";
import { validationError } from "../errors.ts";

/** Refuses a batch that names one item twice. */
export function checkNoDuplicates(
  rows: readonly { readonly table: Table; readonly places: readonly RowKey[] }[],
): void {
  for (const { places } of rows)
    if (findRepeated(places.map(rowText)) !== undefined)
      throw validationError("Provided list of item keys contains duplicates");
}

/** Refuses a transaction that does two things to one item. */
export function checkOneOperationEach(rows: readonly { readonly table: Table; readonly place: RowKey }[]): void {
  if (findRepeated(rows.map(({ table, place }) => `${table.id} ${rowText(place)}`)) !== undefined)
    throw validationError("Transaction request cannot include multiple operations on one item");
}

function rowText({ hash, range }: RowKey): string {
  return `${Buffer.from(hash).toString("base64")} ${Buffer.from(range).toString("base64")}`;
}

function findRepeated(texts: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return texts.find((text) => seen.size === seen.add(text).size);
}
