import { describe, expect, test } from "vitest";
import { fitLine } from "../../../lib/cli/screen/fit-line.ts";
import { canDraw } from "../../../lib/cli/screen/choose-screen.ts";
import { Boards } from "../../../lib/cli/screen/screen.ts";
import type { Message } from "../../../lib/io/message.ts";
import type { ReleaseProgress, StackProgress } from "../../../lib/io/progress.ts";

const event = (progress: Omit<StackProgress, "kind" | "stack">): Message => ({
  code: "StackEvent",
  level: "info",
  text: `event of ${progress.resource ?? "the stack"}`,
  progress: { kind: "stack", stack: "Todo", ...progress },
});

const look = (progress: Partial<ReleaseProgress>): Message => ({
  code: "ReleaseProgress",
  level: "info",
  text: "",
  progress: {
    kind: "release",
    release: "r1",
    state: "SHIFTING",
    step: { number: 1, of: 2 },
    percent: 10,
    aliases: [
      {
        path: "Todo/List",
        stable: { version: "1", calls: 210, failed: 1 },
        next: { version: "2", calls: 1, failed: 0 },
      },
    ],
    waitsFor: [],
    ...progress,
  },
});

describe("a stack's operation", () => {
  test("is one line when it is over, and shows while it lasts what it waits for", () => {
    const boards = new Boards();
    expect(boards.take(event({ status: "CREATE_IN_PROGRESS", total: 2 }), 0)).toBeUndefined();
    boards.take(event({ resource: "Todo/Table", type: "AWS::DynamoDB::Table", status: "CREATE_IN_PROGRESS" }), 100);
    boards.take(event({ resource: "Todo/Queue", type: "AWS::SQS::Queue", status: "CREATE_IN_PROGRESS" }), 100);
    boards.take(event({ resource: "Todo/Queue", type: "AWS::SQS::Queue", status: "CREATE_COMPLETE" }), 900);
    expect(boards.lines(20_000)).toEqual(["Todo: creating, 1 of 2, 20.0 s, waiting for Todo/Table (DynamoDB::Table)"]);
    expect(boards.drawn(20_000)).toEqual(["Todo  creating  [##########----------]  1 of 2  20.0 s  Todo/Table"]);
    boards.take(event({ resource: "Todo/Table", status: "CREATE_COMPLETE" }), 61_000);
    expect(boards.take(event({ status: "CREATE_COMPLETE" }), 65_000)).toBe("Todo: created, 2 resources, 1 min 5 s");
    expect(boards.lines(70_000)).toEqual([]);
  });

  test("shows a resource that failed at once, and says that the stack is rolled back", () => {
    const boards = new Boards();
    boards.take(event({ status: "UPDATE_IN_PROGRESS" }), 0);
    expect(boards.take(event({ resource: "Todo/Queue", status: "CREATE_FAILED" }), 10)).toBe("event of Todo/Queue");
    boards.take(event({ status: "UPDATE_ROLLBACK_IN_PROGRESS" }), 20);
    expect(boards.lines(1000)).toEqual(["Todo: rolling back, 0 done, 1.0 s"]);
    boards.take(event({ status: "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" }), 30);
    expect(boards.take(event({ status: "UPDATE_ROLLBACK_COMPLETE" }), 2000)).toBe(
      "Todo: rolled back, 0 resources, 2.0 s",
    );
  });

  test("that only moves the parameters says so", () => {
    const boards = new Boards();
    boards.take(event({ status: "UPDATE_IN_PROGRESS", purpose: "finalise" }), 0);
    expect(boards.take(event({ status: "UPDATE_COMPLETE" }), 500)).toBe(
      "Todo: parameters follow the live versions, 0.5 s",
    );
  });
});

describe("a release", () => {
  test("has a line for each step, and counts down between two looks", () => {
    const boards = new Boards();
    expect(boards.take(look({ percent: 0 }), 0)).toBeUndefined();
    expect(boards.take(look({ leftMs: 300_000 }), 0)).toBe(
      "Step 1 of 2: 10 % of calls on the new version of Todo/List; 5 min left",
    );
    expect(boards.take(look({ leftMs: 280_000 }), 20_000)).toBeUndefined();
    expect(boards.drawn(30_000)).toEqual([
      "Step 1 of 2: 10 % of calls on the new version of Todo/List; 4 min 30 s left",
      "  Todo/List: version 1: 210 calls, 1 failed; version 2: 1 call, 0 failed",
    ]);
    expect(boards.take(look({ step: { number: 2, of: 2 }, percent: 50 }), 40_000)).toContain("Step 2 of 2: 50 %");
  });

  test("says what it waits for when its time is over", () => {
    const boards = new Boards();
    boards.take(look({ leftMs: 1000, waitsFor: ["Todo/List: 1 of 50 invocations of the new version seen"] }), 0);
    expect(boards.lines(5000).join("\n")).toContain(
      "waiting: Todo/List: 1 of 50 invocations of the new version seen\n  Todo/List: version 1",
    );
  });

  test("says why it is rolled back", () => {
    const boards = new Boards();
    const message = look({ state: "ABORTING", percent: 0, cause: "stopped by the user" });
    expect(boards.take(message, 0)).toBe("Rolling back: stopped by the user");
  });
});

test("warnings and errors are always shown; the engine's own words are not", () => {
  const boards = new Boards();
  const message = { code: "StateEntered", text: "SHIFTING" } as const;
  expect(boards.take({ ...message, level: "warn" }, 0)).toBe("SHIFTING");
  expect(boards.take({ ...message, level: "info" }, 0)).toBeUndefined();
  expect(boards.take({ code: "AppOutput", level: "info", text: "hello" }, 0)).toBe("hello");
});

test("a line is cut where the terminal ends, and never inside a character", () => {
  expect(fitLine("short", 20)).toBe("short");
  expect(fitLine("0123456789", 6)).toBe("0123…");
  expect(fitLine("\u001B[31mred\u001B[39m", 4)).toBe("\u001B[31mred\u001B[39m");
  expect(fitLine("\u001B[31mbright red\u001B[39m", 6)).toBe("brig…");
  expect(fitLine("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 4)).toBe("👩‍👩‍👧‍👦👩‍👩‍👧‍👦…");
});

test.each([
  [{ isTTY: true, columns: 80 }, {}, true],
  [{ isTTY: true, columns: 40 }, {}, false],
  [{ isTTY: false, columns: 80 }, {}, false],
  [{ isTTY: true, columns: 80 }, { NO_COLOR: "1" }, false],
  [{ isTTY: true, columns: 80 }, { CI: "true" }, false],
  [{ isTTY: true, columns: 80 }, { CI: "false" }, true],
  [{ isTTY: true, columns: 80 }, { TERM: "dumb" }, false],
])("a region is drawn on %o with %o: %s", (terminal, env, expected) => {
  expect(canDraw(terminal, env)).toBe(expected);
});
