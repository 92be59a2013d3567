import type { ExecutionListItem, ExecutionStatus } from "@aws-sdk/client-sfn";
import { describe, expect, it } from "vitest";
import { countsSince, type ExecutionPage, ExecutionTally } from "../../lib/release/aws/execution-tally.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 1, 12);
const PAGE = 1_000;

/** A version's executions as Step Functions lists them, newest first. */
class Executions {
  pages = 0;
  readonly #all: { at: number; status: ExecutionStatus }[] = [];

  start(count: number, fromMs: number, toMs: number, status: ExecutionStatus = "SUCCEEDED"): void {
    for (let index = 0; index < count; index++)
      this.#all.push({ at: fromMs + Math.floor(((toMs - fromMs) * index) / count), status });
    this.#all.sort((a, b) => b.at - a.at);
  }

  end(from: ExecutionStatus, to: ExecutionStatus): void {
    for (const one of this.#all) if (one.status === from) one.status = to;
  }

  readonly list = (nextToken: string | undefined): Promise<ExecutionPage> => {
    this.pages += 1;
    const start = Number(nextToken ?? 0);
    const found = this.#all.slice(start, start + PAGE);
    const executions = found.map(({ at, status }) => ({ startDate: new Date(at), status }) as ExecutionListItem);
    const end = start + PAGE;
    return Promise.resolve({ executions, ...(end < this.#all.length ? { nextToken: String(end) } : {}) });
  };

  async pagesOf(look: () => Promise<void>): Promise<number> {
    const before = this.pages;
    await look();
    return this.pages - before;
  }
}

const sum = (tally: ExecutionTally) =>
  countsSince(tally, tally.knownSince).reduce(
    (all, { invocations, errors }) => ({ invocations: all.invocations + invocations, errors: all.errors + errors }),
    { invocations: 0, errors: 0 },
  );

describe("executions of a busy workflow", () => {
  it("are read once: a look goes back to the first minute that may still change", async () => {
    const executions = new Executions();
    const tally = new ExecutionTally(START);
    executions.start(50_000, START - 60 * MINUTE, START);
    executions.start(4_000, START, START + 10 * MINUTE);
    executions.start(400, START, START + 10 * MINUTE, "FAILED");
    expect(await executions.pagesOf(() => tally.update(executions.list, START + 10 * MINUTE))).toBe(5);
    expect(sum(tally)).toEqual({ invocations: 4_400, errors: 400 });
    executions.start(400, START + 10 * MINUTE, START + 11 * MINUTE);
    expect(await executions.pagesOf(() => tally.update(executions.list, START + 11 * MINUTE))).toBe(1);
    expect(sum(tally)).toEqual({ invocations: 4_800, errors: 400 });
  });

  it("are counted when they end, however late that is", async () => {
    const executions = new Executions();
    const tally = new ExecutionTally(START);
    executions.start(3, START, START + MINUTE, "RUNNING");
    executions.start(2_000, START + 2 * MINUTE, START + 9 * MINUTE);
    await tally.update(executions.list, START + 10 * MINUTE);
    expect(sum(tally)).toEqual({ invocations: 2_000, errors: 0 });
    executions.end("RUNNING", "TIMED_OUT");
    await tally.update(executions.list, START + 20 * MINUTE);
    expect(sum(tally)).toEqual({ invocations: 2_003, errors: 3 });
  });

  it("are never more than ten pages of a look; the minute that the limit cuts is left out", async () => {
    const executions = new Executions();
    const tally = new ExecutionTally(START);
    executions.start(30_000, START, START + 30 * MINUTE);
    expect(await executions.pagesOf(() => tally.update(executions.list, START + 30 * MINUTE))).toBe(10);
    expect(tally.knownSince).toBe(START + 21 * MINUTE);
    expect(sum(tally)).toEqual({ invocations: 9_000, errors: 0 });
  });

  it("keep what earlier looks counted where an execution that never ends holds many pages open", async () => {
    const executions = new Executions();
    const tally = new ExecutionTally(START);
    executions.start(1, START, START + 1, "RUNNING");
    executions.start(8_000, START, START + 8 * MINUTE);
    await tally.update(executions.list, START + 9 * MINUTE);
    executions.start(8_000, START + 9 * MINUTE, START + 17 * MINUTE);
    expect(await executions.pagesOf(() => tally.update(executions.list, START + 18 * MINUTE))).toBe(10);
    expect(sum(tally)).toEqual({ invocations: 16_000, errors: 0 });
  });
});
