import { expect, test } from "vitest";
import { Rehearsal } from "./rehearsal.ts";

test("a release moves every alias step by step, together, and promotes with one call each", async () => {
  const rehearsal = new Rehearsal();
  const outcome = await rehearsal.deploy();
  rehearsal.expectNoViolations();
  expect(outcome.exitCode).toBe(0);
  expect(rehearsal.transitions).toEqual([
    "PLANNED",
    "LOCKED",
    "STAGING",
    "READY",
    "PRE_HOOKS",
    "SHIFTING 0",
    "SHIFTING 1",
    "PROMOTING",
    "BAKING",
    "POST_HOOKS",
    "FINALISING",
    "PRUNING",
    "SUCCEEDED",
  ]);
  expect(rehearsal.oracle.writes.filter(({ state }) => state === "PROMOTING")).toHaveLength(4);
  expect(rehearsal.oracle.writes).toHaveLength(12);
  expect(rehearsal.oracle.journal()?.lock).toBeUndefined();
});
