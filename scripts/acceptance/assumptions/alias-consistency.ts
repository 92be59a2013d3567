import type { Assumption } from "../assumption.ts";

const MOVES = 40;

export const aliasConsistency: Assumption = {
  id: "alias-consistency",
  assumption: "GetAlias right after UpdateAlias answers with what was written.",
  matters: "A stale read costs the engine another attempt; after ten in a row it aborts.",
  async ask(bench) {
    const made = await bench.makeFunction("consistency");
    const versions = ["1", await made.publishChanged("second")];
    let stale = 0;
    for (let move = 0; move < MOVES; move += 1) {
      const goal = versions[(move + 1) % 2] ?? "1";
      await made.move(goal);
      if ((await made.live()) !== goal) stale += 1;
    }
    return { holds: stale === 0, answer: `${stale} of ${MOVES} reads were stale.`, facts: { moves: MOVES, stale } };
  },
};
