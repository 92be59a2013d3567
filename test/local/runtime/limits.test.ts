import { afterEach, describe, expect, it } from "vitest";
import { startRuntime, type RuntimeFixture } from "./runtime-fixture.ts";

let runtime: RuntimeFixture | undefined;
afterEach(() => runtime?.stop());

describe("a function that floods its output", () => {
  it("waits in its own writes while the log is full", async () => {
    let bytes = 0;
    const released = Promise.withResolvers<void>();
    let open = false;
    runtime = startRuntime(() => ({
      write: (_time, message) => void (bytes += message.length),
      full: () => (bytes > 1_000_000 && !open ? released.promise : undefined),
    }));
    const flood = `exports.handler = async () => {
      const block = ("x".repeat(1023) + "\\n").repeat(1024);
      for (let i = 0; i < 20; i++) require("fs").writeSync(1, block);
      return "done" }`;
    const running = runtime.run(runtime.spec({ "index.js": flood }, { timeoutMs: 20_000 }));
    await expect.poll(() => bytes).toBeGreaterThan(1_000_000);
    // A function that did not wait would write the rest in this time.
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(bytes).toBeLessThan(3_000_000);
    open = true;
    released.resolve();
    expect((await running).payload).toBe("done");
    expect(bytes).toBeGreaterThan(20 * 1024 * 1024);
  });
});

describe("initialisation", () => {
  it("starts once more within the function's timeout when it takes longer than ten seconds", async () => {
    runtime = startRuntime();
    const slow = "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)";
    const start = performance.now();
    const spec = runtime.spec({ "index.js": `${slow}; exports.handler = async () => 1` }, { timeoutMs: 1000 });
    const { status, errorType } = await runtime.run(spec);
    expect([status, errorType]).toEqual(["timeout", "Sandbox.Timedout"]);
    expect(performance.now() - start).toBeGreaterThan(11_000);
    // Two initialisations of ten seconds would take twenty; a busy machine adds to both.
    expect(performance.now() - start).toBeLessThan(18_000);
    const report = /^INIT_REPORT Init Duration: (\d+\.\d\d) ms\tPhase: init\tStatus: timeout\n$/;
    const durations = runtime.lines.map((line) => Number(report.exec(line)?.[1])).filter((ms) => !Number.isNaN(ms));
    expect(durations.map((ms) => ms >= 10_000)).toEqual([true, false]);
  });
});
