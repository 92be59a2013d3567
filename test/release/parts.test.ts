import { describe, expect, test } from "vitest";
import { describeShape, isSameShape } from "../../lib/release/alias-shape.ts";
import { renderStamp, tryParseStamp } from "../../lib/release/alias-stamp.ts";
import { TokenBucket } from "../../lib/release/aws/token-bucket.ts";
import { EXIT, exitCodeOf } from "../../lib/release/exit-code.ts";
import { buildLevels } from "../../lib/release/order.ts";

const paths = (members: { path: string; calls: string[] }[]) =>
  buildLevels(members).map((level) => level.map(({ path }) => path).sort());

describe("the order of members", () => {
  test("callees come before callers", () => {
    const members = [
      { path: "flow", calls: ["create", "list"] },
      { path: "create", calls: ["notify"] },
      { path: "list", calls: [] },
      { path: "notify", calls: ["elsewhere"] },
    ];
    expect(paths(members)).toEqual([["list", "notify"], ["create"], ["flow"]]);
  });

  test("a circle shares a level, and its callers come later", () => {
    const members = [
      { path: "a", calls: ["b"] },
      { path: "b", calls: ["a", "c"] },
      { path: "c", calls: [] },
      { path: "top", calls: ["a"] },
      { path: "self", calls: ["self"] },
    ];
    expect(paths(members)).toEqual([["c", "self"], ["a", "b"], ["top"]]);
  });
});

describe("an alias's stamp", () => {
  test("is read back as it was written, within the 256 characters of a Description", () => {
    const stable = `arn:aws:states:ap-southeast-1:123456789012:stateMachine:${"x".repeat(80)}:1234`;
    const stamp = { release: "20260101T000000Z-0123abcd", step: "12", stable, fence: 123_456 };
    expect(renderStamp(stamp).length).toBeLessThanOrEqual(256);
    expect(tryParseStamp(renderStamp(stamp))).toEqual(stamp);
  });

  test.each([
    "",
    "by hand",
    "tidegate release=a step=1 stable=1 fence=x",
    "tidegate release=a step=1 stable=1 fence=1 more",
  ])("%s is not a stamp", (text) => {
    expect(tryParseStamp(text)).toBeUndefined();
  });
});

describe("what an alias serves", () => {
  const split = { primary: "1", additional: { version: "2", percent: 10 } };

  test("is the same in spite of what fractions do", () => {
    expect(isSameShape(split, { primary: "1", additional: { version: "2", percent: 0.1 * 100 } })).toBe(true);
    expect(isSameShape(split, { primary: "1", additional: { version: "2", percent: 10.1 } })).toBe(false);
    expect(isSameShape(split, { primary: "1" })).toBe(false);
  });

  test("may be returned in another order by a service without a primary", () => {
    const other = { primary: "2", additional: { version: "1", percent: 90 } };
    expect(isSameShape(split, other)).toBe(false);
    expect(isSameShape(split, { ...other, unordered: true })).toBe(true);
  });

  test("is described in words", () => {
    expect(describeShape(split)).toBe("1 with 10 % on 2");
    expect(describeShape({ primary: "arn:aws:states:us-east-1:1:stateMachine:flow:7" })).toBe("7");
  });
});

describe("the ration of calls", () => {
  test("lets through what is allowed, and rollbacks first", async () => {
    let now = 0;
    const bucket = new TokenBucket({
      perSecond: 10,
      burst: 5,
      now: () => now,
      sleep: (ms) => Promise.resolve(void (now += ms)),
    });
    const order: string[] = [];
    const take = (name: string, urgent = false) => bucket.take(urgent).then(() => order.push(name));
    const all = [...Array.from({ length: 10 }, (_, index) => take(`shift-${index}`)), take("rollback", true)];
    await Promise.all(all);
    expect(order.indexOf("rollback")).toBeLessThanOrEqual(5);
    expect(now).toBeGreaterThanOrEqual(600);
    expect(now).toBeLessThan(700);
  });
});

describe("exit codes", () => {
  test.each([
    ["SUCCEEDED", EXIT.done],
    ["ROLLED_BACK", EXIT.rolledBack],
    ["PAUSED", EXIT.approvalNeeded],
    ["ROLLBACK_BLOCKED", EXIT.rollbackBlocked],
    ["FINALISE_PENDING", EXIT.finalisePending],
    ["SHIFTING", EXIT.interrupted],
  ] as const)("%s ends with %i", (state, code) => {
    expect(exitCodeOf({ state, kind: "deploy" })).toBe(code);
  });

  test("a requested rollback ends well", () => {
    expect(exitCodeOf({ state: "ROLLED_BACK", kind: "rollback" })).toBe(EXIT.done);
  });
});
