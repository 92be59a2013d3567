import { afterEach, beforeEach, expect, test } from "vitest";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { Outbox, type Outcome } from "../../../lib/local/state/outbox.ts";
import { openStore, type Store } from "../../../lib/local/state/store.ts";

interface Item {
  readonly lane: string;
  readonly name: string;
}

let store: Store;
let clock: AdjustableClock;
let done: string[];
let outcomes: Map<string, Outcome[]>;
let opened: Outbox<Item>[];

beforeEach(() => {
  store = openStore(":memory:");
  clock = new AdjustableClock();
  [done, opened, outcomes] = [[], [], new Map()];
});
afterEach(() => {
  for (const outbox of opened) outbox.stop();
  clock.stop();
  store.close();
});

function open(isOrdered: boolean, attempt?: (item: Item) => Promise<Outcome>): Outbox<Item> {
  const outbox = new Outbox<Item>(
    { store, clock },
    {
      collection: "test.outbox",
      laneOf: ({ lane }) => ({ name: lane, isOrdered }),
      attempt:
        attempt ??
        (async ({ name }) => {
          done.push(name);
          return outcomes.get(name)?.shift();
        }),
      log: (line) => done.push(line.split("\n")[0]!),
    },
  );
  opened.push(outbox);
  return outbox;
}

const kept = () => store.collection("test.outbox").list().length;
async function settled(): Promise<void> {
  await expect.poll(kept).toBe(0);
}

test("an item is carried out once it is on disk, and then removed", async () => {
  const outbox = open(true);
  for (const name of ["a", "b", "c"]) outbox.add({ lane: "l", name });
  expect(done).toEqual([]);
  await settled();
  expect(done).toEqual(["a", "b", "c"]);
});

test("an ordered lane waits for an item that has to wait; other lanes do not", async () => {
  const outbox = open(true);
  outcomes.set("a", [{ retryAfterMs: 60_000 }]);
  outbox.add({ lane: "l", name: "a" });
  outbox.add({ lane: "l", name: "b" });
  outbox.add({ lane: "other", name: "c" });
  await expect.poll(kept).toBe(2);
  expect(done).toEqual(["a", "c"]);
  await clock.advance(60_000);
  await settled();
  expect(done).toEqual(["a", "c", "a", "b"]);
});

test("in a lane without order an item that waits makes room", async () => {
  const outbox = open(false);
  outcomes.set("a", [{ retryAfterMs: 60_000 }]);
  outbox.add({ lane: "l", name: "a" });
  outbox.add({ lane: "l", name: "b" });
  await expect.poll(kept).toBe(1);
  await clock.advance(60_000);
  await settled();
  expect(done).toEqual(["a", "b", "a"]);
});

test("items left over are resumed, in their order and at their time", async () => {
  const before = open(true);
  outcomes.set("a", [{ retryAfterMs: 60_000 }]);
  for (const name of ["a", "b"]) before.add({ lane: "l", name });
  await expect.poll(() => done).toEqual(["a"]);
  before.stop();
  const after = open(true);
  after.start();
  after.add({ lane: "l", name: "c" });
  await clock.advance(60_000);
  await settled();
  expect(done).toEqual(["a", "a", "b", "c"]);
});

test("what a transaction took back is not carried out", async () => {
  const outbox = open(true);
  expect(() =>
    store.transaction(() => {
      outbox.add({ lane: "l", name: "never" });
      throw new RangeError("no");
    }),
  ).toThrow("no");
  outbox.add({ lane: "l", name: "a" });
  await settled();
  expect(done).toEqual(["a"]);
});

test("an attempt that throws drops its item, and logs it", async () => {
  const outbox = open(true, async ({ name }) => {
    if (name === "bad") throw new RangeError("broken");
    done.push(name);
    return undefined;
  });
  for (const name of ["bad", "good"]) outbox.add({ lane: "l", name });
  await settled();
  expect(done).toEqual(["test.outbox: an item was dropped: RangeError: broken", "good"]);
});

test("an item that the disk refuses is deferred, and the others go on", async () => {
  const outbox = open(true, async ({ name }) => {
    done.push(name);
    if (name === "a") refuseOnce(store);
    return undefined;
  });
  for (const name of ["a", "b"]) outbox.add({ lane: "l", name });
  await expect.poll(kept).toBe(1);
  expect(done).toEqual(["a", "test.outbox: an item is deferred: The disk is full.", "b"]);
});

/** Lets the store's next write fail. */
function refuseOnce(refusing: Store): void {
  const touch = refusing.touch.bind(refusing);
  refusing.touch = () => {
    refusing.touch = touch;
    throw new RangeError("The disk is full.");
  };
}
