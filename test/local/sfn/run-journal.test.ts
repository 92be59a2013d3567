import { expect, test } from "vitest";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import type { Cloud } from "../../../lib/local/service.ts";
import { ExecutionStore } from "../../../lib/local/services/sfn/execution-store.ts";
import { StoredJournal } from "../../../lib/local/services/sfn/run/run-journal.ts";
import { openStore } from "../../../lib/local/state/store.ts";

test("fails at 25,000 events, the last of which records the end", () => {
  const store = openStore(":memory:");
  const executions = new ExecutionStore(store);
  const cloud = { store, clock: new AdjustableClock() } as unknown as Cloud;
  const journal = new StoredJournal(cloud, "arn", () => undefined);
  for (let index = 1; index < 25_000; index++) journal.emit(`e${index}`, "PassStateEntered", index - 1);
  expect(() => journal.emit("more", "PassStateEntered", 24_999)).toThrow(
    "The execution reached the maximum number of history events (25000).",
  );
  expect(journal.emit("e1", "PassStateEntered", 0)).toBe(1);
  expect(journal.emit("ended", "ExecutionFailed", 24_999)).toBe(25_000);
  expect(executions.events("arn", Number.MAX_SAFE_INTEGER, 1, true)).toMatchObject([
    { id: 25_000, type: "ExecutionFailed" },
  ]);
  store.close();
});
