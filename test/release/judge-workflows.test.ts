import { expect, test } from "vitest";
import type { Tick } from "../../lib/release/decide/decision.ts";
import { judge } from "../../lib/release/decide/judge.ts";
import type { MinuteCount } from "../../lib/release/ports/ports.ts";
import { ANALYSIS, MINUTE, Rehearsal } from "./rehearsal.ts";

const START = 1_000 * MINUTE;

/** Twenty minutes of a workflow whose new version gets `count` executions a minute, of which `errors` fail. */
function verdictOn(count: number, errors: number, unreadable = false) {
  const app = new Rehearsal({ functions: [] });
  const [machine] = app.members;
  const minutes = (invocations: number, failed: number): MinuteCount[] =>
    Array.from({ length: 20 }, (_, index) => ({ at: START + index * MINUTE, invocations, errors: failed }));
  const reading = unreadable
    ? { kind: "unreadable" as const, reason: "throttled" }
    : { kind: "read" as const, value: { next: minutes(count, errors), stable: minutes(count * 9, 0) } };
  const release = {
    analysis: ANALYSIS,
    members: [{ ...machine!, next: "2" }],
    stable: { [machine!.path]: "1" },
    state: "SHIFTING",
    step: 0,
    policy: { steps: [{ percent: 10, bakeMs: 5 * MINUTE }] },
    shiftedAt: START,
    verifiedAt: START,
    alarms: [],
    overriddenAlarms: [],
    recoveredAlarms: [],
  };
  const observations = { metrics: new Map([[machine!.path, reading]]) };
  return judge({ release, observations, now: START + 25 * MINUTE, fence: 1 } as unknown as Tick, [machine!]);
}

test("a workflow whose new version fails more often is found", () => {
  expect(verdictOn(20, 5)).toMatchObject({ outcome: "FAIL", trigger: "analysis" });
});

test("one that does not passes, and one that hardly runs delays nothing", () => {
  expect(verdictOn(20, 0).outcome).toBe("PASS");
  expect(verdictOn(0, 0)).toMatchObject({ outcome: "PASS", reasons: ["no gates are set"] });
});

test("one whose executions could not be read does not pass", () => {
  expect(verdictOn(20, 0, true).outcome).toBe("ERROR");
});
