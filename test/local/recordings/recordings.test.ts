import { describe, expect, test } from "vitest";
import { countOutcomes, readExpected } from "./outcomes.ts";
import { readScenarios, RECORDINGS, type Scenario } from "./recordings.ts";
import { type Outcome, replayAll } from "./replay.ts";

/** Scenarios of which the local cloud carries every call and whose answers can be compared: what of them must pass. */
const GOAL = 0.95;
const FILE_TIMEOUT_MS = 600_000;

const expected = readExpected();

describe("the table of recordings", () => {
  test("at least 95 % of what can be compared passes", () => {
    const counts = [...countOutcomes(expected).values()];
    const passing = counts.reduce((sum, { passes }) => sum + passes, 0);
    const differing = counts.reduce((sum, { differs }) => sum + differs, 0);
    expect(passing / (passing + differing)).toBeGreaterThanOrEqual(GOAL);
  });

  test("gives a reason for every scenario that does not pass", () => {
    const reasons = [...expected.values()].filter(({ kind }) => kind !== "passes").map(({ reason }) => reason);
    expect(reasons.filter((reason) => reason.split(" ").length < 2)).toEqual([]);
  });
});

const scenarios = RECORDINGS === undefined ? new Map<string, readonly Scenario[]>() : readScenarios(RECORDINGS);

describe.skipIf(RECORDINGS === undefined)("answers recorded from AWS (TIDEGATE_RECORDINGS names their folder)", () => {
  test("the table has a row for each scenario", () => {
    const names = [...scenarios.values()].flat().map(({ name }) => name);
    expect([...expected.keys()].toSorted()).toEqual(names.toSorted());
  });

  test.for([...scenarios])("%s come to what the table says", { timeout: FILE_TIMEOUT_MS }, async ([, ofFile]) => {
    const unlike: Record<string, string> = {};
    // There is nothing in the others that a run could change.
    const comparable = ofFile.filter(({ name }) => expected.get(name)?.kind !== "not comparable");
    for await (const [{ name }, outcome] of replayAll(comparable)) {
      const kind = expected.get(name)?.kind;
      if (outcome.kind !== kind) unlike[name] = `${kind} in the table, here ${renderOutcome(outcome)}`;
    }
    expect(unlike).toEqual({});
  });
});

function renderOutcome(outcome: Outcome): string {
  if (outcome.kind === "passes") return "passes: remove it from the list of differences";
  return `${outcome.kind}: ${outcome.kind === "differs" ? outcome.differences.slice(0, 3).join("\n") : outcome.what}`;
}
