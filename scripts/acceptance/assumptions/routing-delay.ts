import { performance } from "node:perf_hooks";
import type { Assumption } from "../assumption.ts";

const MOVES = 5;
const CALLS_IN_A_ROW = 20;

export const routingDelay: Assumption = {
  id: "routing-delay",
  assumption: "All calls of an alias reach the new version once UpdateAlias has returned.",
  matters: "Deadlines and metric windows of a step count from the verified write.",
  async ask(bench) {
    const made = await bench.makeFunction("routing");
    const versions = ["1", await made.publishChanged("second")];
    const delaysMs: number[] = [];
    for (let move = 0; move < MOVES; move += 1) {
      const goal = versions[(move + 1) % 2] ?? "1";
      await made.move(goal);
      const movedAt = performance.now();
      let lastOldMs = 0;
      for (let inARow = 0; inARow < CALLS_IN_A_ROW; inARow += 1) {
        if ((await made.invoke()) === goal) continue;
        lastOldMs = Math.round(performance.now() - movedAt);
        inARow = 0;
      }
      delaysMs.push(lastOldMs);
    }
    const longestMs = Math.max(...delaysMs);
    const answer =
      longestMs === 0 ? "No call reached the old version." : `Old version seen up to ${longestMs} ms after.`;
    return { holds: longestMs === 0, answer, facts: { delaysMs, callsInARow: CALLS_IN_A_ROW } };
  },
};
