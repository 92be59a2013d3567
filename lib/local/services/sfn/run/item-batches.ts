import { itemInput } from "./map-settings.ts";
import { effectiveInput } from "./data-flow.ts";
import type { MapValue } from "./item-reader.ts";
import { type Attempt, fillValue, inState, numericSetting } from "./scope.ts";
import { MapSettingError } from "./states-error.ts";

/** What one child is given. */
export interface ChildInput {
  readonly text: string;
  readonly items: number;
}

const LARGEST_BYTES = 262_144;

/** Makes the children's inputs of the items: each by itself, or in batches as `ItemBatcher` says. */
export async function buildInputs(attempt: Attempt, values: readonly MapValue[]): Promise<ChildInput[]> {
  const texts: string[] = [];
  for (const [index, { value, key }] of values.entries()) {
    const Item = { Index: index, Value: value, ...(key !== undefined && { Key: key }) };
    const selected = await itemInput({ ...attempt, frame: { ...attempt.frame, map: { Item } } }, value);
    texts.push(JSON.stringify(selected) ?? "null");
  }
  const batcher = attempt.state.ItemBatcher;
  return batcher === undefined ? texts.map((text) => ({ text, items: 1 })) : batch(attempt, batcher, texts);
}

async function batch(attempt: Attempt, batcher: Record<string, unknown>, texts: string[]): Promise<ChildInput[]> {
  const input = effectiveInput(attempt);
  const mostItems = await limitOf(attempt, batcher, "MaxItemsPerBatch", Number.POSITIVE_INFINITY);
  const mostBytes = await limitOf(attempt, batcher, "MaxInputBytesPerBatch", LARGEST_BYTES);
  const given = batcher["BatchInput"];
  const extra = given === undefined ? undefined : await fillValue(attempt, given, "BatchInput", input);
  const head = extra === undefined ? "" : `"BatchInput":${JSON.stringify(extra)},`;
  const wrap = (items: readonly string[]): ChildInput => ({
    text: `{${head}"Items":[${items.join(",")}]}`,
    items: items.length,
  });
  const emptyBytes = Buffer.byteLength(wrap([]).text);
  const batches: ChildInput[] = [];
  let open: string[] = [];
  let bytes = emptyBytes;
  for (const text of texts) {
    const more = Buffer.byteLength(text) + 1;
    if (open.length > 0 && (open.length >= mostItems || bytes + more > mostBytes)) {
      batches.push(wrap(open));
      open = [];
      bytes = emptyBytes;
    }
    open.push(text);
    bytes += more;
  }
  if (open.length > 0) batches.push(wrap(open));
  return batches;
}

async function limitOf(
  attempt: Attempt,
  batcher: Record<string, unknown>,
  field: string,
  fallback: number,
): Promise<number> {
  const limit = (await numericSetting(attempt, batcher, field, effectiveInput(attempt))) ?? fallback;
  if (limit === fallback) return fallback;
  if (typeof limit === "number" && Number.isInteger(limit) && limit > 0) return limit;
  throw new MapSettingError(inState(attempt, `${field} must be a positive integer, got ${JSON.stringify(limit)}.`));
}
