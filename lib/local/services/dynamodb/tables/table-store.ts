import type { Cloud, RequestContext } from "../../../service.ts";
import type { Collection } from "../../../state/store.ts";
import { AwsError } from "../../../aws-error.ts";
import { attributesInUse } from "./table-schema.ts";
import type { GlobalIndex, Table } from "./table.ts";

/** Where a request looks for a table. */
export type Place = Pick<RequestContext, "account" | "region">;

/** The tables by region and name, kept in memory as well: every request needs one. */
export class TableStore {
  readonly #cloud: Cloud;
  readonly #records: Collection<Table>;
  readonly #ids: Collection<number>;
  readonly #cache = new Map<string, Table>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#records = cloud.store.collection("dynamodb.tables");
    this.#ids = cloud.store.collection("dynamodb.ids");
    for (const [key, table] of this.#records.list()) this.#cache.set(key, table);
  }

  /** The table as it is now, by its name or its ARN; undefined when there is none. */
  find(place: Place, nameOrArn: string): Table | undefined {
    const key = keyOfTable(place, nameOrArn);
    const table = this.#cache.get(key);
    if (!table || !isUnderWay(table)) return table;
    const settled = settle(table, this.#cloud.clock.now());
    if (settled === table) return table;
    if (settled) this.#cache.set(key, settled);
    else {
      this.#cache.delete(key);
      this.#records.delete(key);
    }
    return settled;
  }

  /** The table, for an operation on tables. */
  require(place: Place, nameOrArn: string): Table {
    const table = this.find(place, nameOrArn);
    if (table) return table;
    const name = tableNameOf(nameOrArn);
    throw new AwsError("ResourceNotFoundException", `Requested resource not found: Table: ${name} not found`);
  }

  /** The table, for an operation on items, which needs an active one. */
  requireReady(place: Place, nameOrArn: string): Table {
    const table = this.find(place, nameOrArn);
    const status = table?.transition?.status;
    if (table && status !== "CREATING" && status !== "DELETING") return table;
    throw new AwsError("ResourceNotFoundException", "Requested resource not found");
  }

  /** The region's tables by name. */
  list(place: Place): Table[] {
    const prefix = `${place.region}/`;
    const keys = [...this.#cache.keys()].filter((key) => key.startsWith(prefix)).sort();
    return keys.flatMap((key) => this.find(place, key.slice(prefix.length)) ?? []);
  }

  /** Every table of every region. */
  all(): Table[] {
    return [...this.#cache.values()].flatMap((table) => this.find(placeOf(table), table.name) ?? []);
  }

  save(table: Table): void {
    const key = keyOfTable(placeOf(table), table.name);
    this.#records.put(key, table);
    this.#cache.set(key, table);
  }

  /** A number for a table or an index. */
  nextId(): number {
    const id = (this.#ids.get("last") ?? 0) + 1;
    this.#ids.put("last", id);
    return id;
  }
}

/** The name in an ARN, or the name itself. */
export function tableNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith("arn:") ? (nameOrArn.split("/")[1] ?? "") : nameOrArn;
}

/** The account, region and name that a table's ARN has. */
export function placeOf({ arn }: Pick<Table, "arn">): Place {
  const [, , , region = "", account = ""] = arn.split(":");
  return { region, account };
}

function keyOfTable(place: Place, nameOrArn: string): string {
  const region = nameOrArn.startsWith("arn:") ? placeOf({ arn: nameOrArn }).region : place.region;
  return `${region}/${tableNameOf(nameOrArn)}`;
}

function isUnderWay(table: Table): boolean {
  return table.transition !== undefined || table.globalIndexes.some((index) => index.transition !== undefined);
}

/** The table without what is over by now; undefined when it is gone. */
function settle(table: Table, nowMs: number): Table | undefined {
  const isOver = (thing: Table | GlobalIndex) => thing.transition !== undefined && thing.transition.untilMs <= nowMs;
  if (!isOver(table) && !table.globalIndexes.some(isOver)) return table;
  if (isOver(table) && table.transition?.status === "DELETING") return undefined;
  const globalIndexes = table.globalIndexes
    .filter((index) => !(isOver(index) && index.transition?.status === "DELETING"))
    .map((index) => (isOver(index) ? Object.assign({}, index, { transition: undefined }) : index));
  const settled = { ...table, globalIndexes, ...(isOver(table) && { transition: undefined }) };
  return { ...settled, attributes: attributesInUse(settled) };
}
