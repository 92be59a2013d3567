import { describe, expect, test } from "vitest";
import { randomNumbers } from "./random-choice.ts";
import { RECOVERIES, rehearseKill, sideEffects } from "./rehearse-kill.ts";

const EFFECTS = await sideEffects();
/** Hundreds of rehearsals in one test: a busy machine takes minutes. */
const LIMIT_MS = 300_000;
const WHEN = ["before", "after"] as const;

test("an undisturbed release of three functions and a state machine has at least 200 places to die at", () => {
  console.log(`${EFFECTS.length * 2} kill points: before and after each of ${EFFECTS.length} side effects`);
  expect(EFFECTS.length * 2).toBeGreaterThanOrEqual(200);
  const kinds = new Set(EFFECTS);
  for (const kind of ["lambda UpdateAlias", "sfn UpdateStateMachineAlias", "s3 PutObject", "lambda Invoke"])
    expect(kinds).toContain(kind);
  for (const kind of ["stacks Stage", "stacks Finalise", "lambda DeleteFunction", "sfn DeleteStateMachineVersion"])
    expect(kinds).toContain(kind);
});

describe.each(RECOVERIES)("after a kill at any side effect, %s alone converges", (recovery) => {
  test.each(WHEN)(
    "killed %s the side effect",
    async (when) => {
      for (let effect = 0; effect < EFFECTS.length; effect++) await rehearseKill({ effect, when, recovery }, EFFECTS);
    },
    LIMIT_MS,
  );
});

test(
  "a driver that resumes a release may die as well, at any side effect",
  async () => {
    const random = randomNumbers(5);
    const pick = (count: number) => Math.floor(random() * count);
    for (let round = 0; round < 120; round++) {
      const kill = { effect: pick(EFFECTS.length), when: WHEN[pick(2)]!, recovery: RECOVERIES[pick(3)]! };
      const second = { effect: pick(40), when: WHEN[pick(2)]! };
      await rehearseKill({ ...kill, second, seed: 1 + pick(1000) }, EFFECTS);
    }
  },
  LIMIT_MS,
);
