import { errorText } from "../../../kit/error-text.ts";
import { inRole } from "./in-role.ts";
import { isAwsError } from "../../../aws-error.ts";
import { readCsv } from "../data/csv.ts";
import { effectiveInput } from "./data-flow.ts";
import { type Attempt, fillValue, inState, numericSetting } from "./scope.ts";
import { MapSettingError, StatesError } from "./states-error.ts";
import { parseJson } from "../../../../util/parse-json.ts";

/** A value that a child is made for, with its name where it came out of an object. */
export interface MapValue {
  readonly value: unknown;
  readonly key?: string;
}

/** What an `ItemReader` says, worked out. */
export interface ReaderPlan {
  readonly isListing: boolean;
  readonly location: { readonly Bucket: string; readonly Key: string; readonly Prefix?: string };
  readonly config: Readonly<Record<string, unknown>>;
  readonly maxItems: number;
}

/** Works out where items are read from. What is set up wrongly ends the execution before anything is read. */
export async function planReading(attempt: Attempt): Promise<ReaderPlan | undefined> {
  const reader = attempt.state.ItemReader;
  if (reader === undefined) return undefined;
  const input = effectiveInput(attempt);
  const field = attempt.language === "JSONata" ? "Arguments" : "Parameters";
  const location = (await fillValue(attempt, reader[field] ?? {}, field, input)) as ReaderPlan["location"];
  const config = (reader["ReaderConfig"] ?? {}) as Record<string, unknown>;
  const action = String(reader["Resource"]).split(":").slice(5).join(":");
  if (action !== "s3:getObject" && action !== "s3:listObjectsV2") {
    throw new MapSettingError(
      inState(attempt, `The ItemReader's Resource must be s3:getObject or s3:listObjectsV2, got ${action}.`),
    );
  }
  return {
    isListing: action === "s3:listObjectsV2",
    location,
    config,
    maxItems: (await maxItemsOf(attempt, config, input)) || Number.POSITIVE_INFINITY,
  };
}

async function maxItemsOf(attempt: Attempt, config: Record<string, unknown>, input: unknown): Promise<number> {
  const most = (await numericSetting(attempt, config, "MaxItems", input)) ?? 0;
  if (typeof most === "number" && Number.isInteger(most) && most >= 0) return most;
  throw new MapSettingError(inState(attempt, notNumber("MaxItems", "integer", most, config)));
}

/** AWS's complaint about a number that is none. */
export function notNumber(
  field: string,
  kind: "integer" | "float",
  value: unknown,
  holder: Readonly<Record<string, unknown>>,
): string {
  const shown = typeof value === "string" ? value : JSON.stringify(value);
  const path = holder[`${field}Path`] as string | undefined;
  return path === undefined
    ? `The ${field} field refers to value "${shown}" which is not a valid ${kind}`
    : `The ${field}Path field refers to value "${shown}" which is not a valid ${kind}: ${path}`;
}

/** Reads the items. Every failure is a `States.ItemReaderFailed`. */
export async function readItems(attempt: Attempt, plan: ReaderPlan): Promise<readonly MapValue[]> {
  try {
    const found = plan.isListing ? await listed(attempt, plan) : await contained(attempt, plan, plan.location.Key);
    return found.length > plan.maxItems ? found.slice(0, plan.maxItems) : found;
  } catch (error) {
    if (isAwsError(error)) throw failed(error.message);
    throw error;
  }
}

async function listed(attempt: Attempt, plan: ReaderPlan): Promise<MapValue[]> {
  const { run } = attempt;
  const { Bucket, Prefix } = plan.location;
  const flatten = plan.config["Transformation"] === "LOAD_AND_FLATTEN";
  const found: MapValue[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await run.cloud.call("s3", "ListObjectsV2", { Bucket, Prefix, ContinuationToken }, inRole(run));
    for (const { ETag, Key, LastModified, Size, StorageClass } of page.Contents ?? []) {
      if (flatten) found.push(...(await contained(attempt, plan, Key!)));
      else {
        const LastModifiedSeconds = Math.floor((LastModified?.getTime() ?? 0) / 1000);
        found.push({ value: { Etag: ETag, Key, LastModified: LastModifiedSeconds, Size, StorageClass } });
      }
    }
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined && found.length < plan.maxItems);
  return found;
}

async function contained(attempt: Attempt, plan: ReaderPlan, Key: string): Promise<MapValue[]> {
  const { run } = attempt;
  const object = await run.cloud.call("s3", "GetObject", { ...plan.location, Key }, inRole(run));
  const chunks: Uint8Array[] = [];
  for await (const chunk of object.Body as unknown as AsyncIterable<Uint8Array>) chunks.push(chunk);
  return parse(Buffer.concat(chunks).toString("utf8"), plan);
}

function parse(text: string, plan: ReaderPlan): MapValue[] {
  const kind = (plan.config["InputType"] as string | undefined) ?? "JSON";
  if (kind === "JSON") return fromJson(text, plan.config["ItemsPointer"] as string | undefined);
  if (kind === "JSONL") return fromLines(text, plan.maxItems);
  if (kind === "CSV") return fromCsv(text, plan);
  throw failed(`The local cloud does not read items of the type ${kind}; it reads CSV, JSON and JSONL.`);
}

function fromJson(text: string, pointer: string | undefined): MapValue[] {
  let value = parseText(text);
  for (const part of (pointer ?? "").split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const holder = value as Record<string, unknown> | null;
    if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, name)) {
      throw failed(`The ItemsPointer ${pointer} leads nowhere in the file.`);
    }
    value = holder[name];
  }
  const items = tryMapValues(value);
  if (items === undefined) throw failed("Attempting to map over non-iterable node.");
  return items;
}

/** The items of an array, or the members of an object; undefined for anything else. */
export function tryMapValues(value: unknown): MapValue[] | undefined {
  if (Array.isArray(value)) return value.map((item: unknown) => ({ value: item }));
  if (typeof value !== "object" || value === null) return undefined;
  return Object.entries(value).map(([key, item]) => ({ value: item, key }));
}

function fromLines(text: string, most: number): MapValue[] {
  const found: MapValue[] = [];
  for (const line of text.split("\n")) {
    if (line.trim() === "") continue;
    if (found.length >= most) break;
    found.push({ value: parseText(line) });
  }
  return found;
}

const DELIMITERS: Readonly<Record<string, string>> = {
  COMMA: ",",
  PIPE: "|",
  SEMICOLON: ";",
  SPACE: " ",
  TAB: "\t",
};

function fromCsv(text: string, { config, maxItems }: ReaderPlan): MapValue[] {
  const rows = readCsv(text, DELIMITERS[(config["CSVDelimiter"] as string | undefined) ?? "COMMA"] ?? ",");
  const given = config["CSVHeaderLocation"] === "GIVEN" ? (config["CSVHeaders"] as string[]) : undefined;
  const first: string[] | void = given === undefined ? rows.next().value : undefined;
  const headers: readonly string[] = given ?? first ?? [];
  if (new Set(headers).size < headers.length) throw failed("CSV headers cannot contain duplicates.");
  const found: MapValue[] = [];
  for (const row of rows) {
    if (found.length >= maxItems) break;
    found.push({ value: Object.fromEntries(headers.map((name, index) => [name, row[index] ?? ""])) });
  }
  return found;
}

function parseText(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw failed(`The file is not valid JSON: ${errorText(error)}`);
  }
}

function failed(cause: string): StatesError {
  return new StatesError("States.ItemReaderFailed", cause);
}
