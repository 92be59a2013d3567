import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openStore, type Store } from "../../../lib/local/state/store.ts";

const folder = mkdtempSync(join(tmpdir(), "tidegate-store-"));
let store: Store | undefined;

afterEach(() => {
  store?.close();
  rmSync(folder, { recursive: true, force: true });
});

const open = () => (store = openStore(join(folder, "state.sqlite")));

test("a flush is on disk before it is done, not only in the system's memory", () => {
  const { sql } = open();
  expect(sql.prepare("PRAGMA synchronous").get()).toEqual({ synchronous: 2 });
  expect(sql.prepare("PRAGMA journal_mode").get()).toEqual({ journal_mode: "wal" });
});

test("many writes of a turn share one flush, and all are there after it", async () => {
  const records = open().collection<number>("n");
  for (let n = 0; n < 50; n++) records.put(`k${n}`, n);
  await store!.durable();
  expect(records.list()).toHaveLength(50);
});

test("fails when the disk is full; nothing of the refused flush stays, and the next one is whole", async () => {
  const { sql } = open();
  const records = store!.collection<string>("n");
  records.put("before", "kept");
  await store!.durable();
  const { page_count: pages } = sql.prepare("PRAGMA page_count").get() as { page_count: number };
  sql.exec(`PRAGMA max_page_count=${pages + 2}`);
  const write = () => {
    for (let n = 0; n < 20; n++) records.put(`k${n}`, "x".repeat(4000));
    return store!.durable();
  };
  expect(write).toThrow(/full/);
  expect(() => records.put("after", "in the same turn")).toThrow(/refused/);
  await expect(store!.durable()).rejects.toThrow(/no transaction/);
  expect(records.list().map(([key]) => key)).toEqual(["before"]);
  sql.exec("PRAGMA max_page_count=1000000");
  await write();
  expect(records.list()).toHaveLength(21);
});

test("a transaction that fails leaves nothing, and what was written beside it stays", async () => {
  const records = open().collection<number>("n");
  records.put("beside", 1);
  const failing = () =>
    store!.transaction(() => {
      records.put("inside", 2);
      throw new Error("stop");
    });
  expect(failing).toThrow("stop");
  await store!.durable();
  expect(records.list()).toEqual([["beside", 1]]);
});

test("fails when another process or cloud has the file", () => {
  open();
  expect(() => openStore(join(folder, "state.sqlite"))).toThrow(/locked/);
});

test("what waits for the disk is done once it is there, and never after the store is closed", async () => {
  const records = open().collection<number>("n");
  const done: string[] = [];
  records.put("first", 1);
  store!.afterDurable(() => done.push("first"));
  expect(done).toEqual([]);
  await store!.durable();
  expect(done).toEqual(["first"]);
  records.put("second", 2);
  store!.afterDurable(
    () => done.push("second"),
    () => done.push("refused"),
  );
  store!.close();
  await new Promise((resolve) => setImmediate(resolve));
  store!.afterDurable(() => done.push("late"));
  await new Promise((resolve) => setImmediate(resolve));
  expect(done).toEqual(["first"]);
  expect(open().collection<number>("n").list()).toHaveLength(2);
});

test("knows whether a service has data, in a collection or a table of its own", () => {
  const topics = open().collection<number>("sns.topics");
  store!.sql.exec(
    "CREATE TABLE IF NOT EXISTS sns_sent (id INTEGER); CREATE TABLE IF NOT EXISTS snsx_sent (id INTEGER)",
  );
  store!.sql.exec("INSERT INTO snsx_sent VALUES (1)");
  store!.collection<number>("snsx.topics").put("other", 1);
  expect(store!.holds("sns")).toBe(false);
  topics.put("one", 1);
  expect(store!.holds("sns")).toBe(true);
  topics.delete("one");
  expect(store!.holds("sns")).toBe(false);
  store!.sql.exec("INSERT INTO sns_sent VALUES (1)");
  expect(store!.holds("sns")).toBe(true);
});

test("a collection's revision rises with each change that others may have read, and with what is rolled back", () => {
  const topics = open().collection<number>("sns.topics");
  const seen = [store!.revision("sns.topics")];
  const see = () => void seen.push(store!.revision("sns.topics"));
  topics.put("one", 1);
  see();
  store!.collection<number>("sns.topics").put("one", 2);
  see();
  topics.delete("one");
  see();
  const failing = () =>
    store!.transaction(() => {
      topics.put("two", 2);
      see();
      throw new Error("no");
    });
  expect(failing).toThrow("no");
  see();
  expect(seen).toEqual([...new Set(seen)].toSorted((a, b) => a - b));
  store!.collection<number>("sqs.queues").put("one", 1);
  topics.get("one");
  expect(store!.revision("sns.topics")).toBe(seen.at(-1));
});
