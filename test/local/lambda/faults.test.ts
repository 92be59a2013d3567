import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLambda, zipOf, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
const ID = "[0-9a-f-]{36}";

beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.cloud.stop());

/** One function for most faults: the event says what to do. Every call answers its pid. */
const CODE = `
const { spawn } = require("node:child_process");
exports.handler = async (event) => {
  if (event.loop) for (;;) {}
  if (event.ignore) { process.on("SIGTERM", () => {}); await new Promise((r) => setTimeout(r, 60000)); }
  if ("exit" in event) process.exit(event.exit);
  if (event.reject) { Promise.reject(new RangeError("unhandled on purpose")); await new Promise((r) => setTimeout(r, 5000)); }
  if (event.uncaught) { setTimeout(() => { throw new RangeError("uncaught on purpose") }, 5); await new Promise((r) => setTimeout(r, 5000)); }
  if (event.heap) { const all = []; for (;;) all.push({ at: all.length, text: "x".repeat(100) + all.length }); }
  if (event.native) { const all = []; for (;;) all.push(Buffer.alloc(4_000_000, 1)); }
  if (event.abort) process.abort();
  if (event.spawn) {
    // Noted first: on a busy machine the time is over before all have started.
    const stray = spawn("setsid", ["sleep", "601"], { stdio: "ignore", detached: true });
    require("fs").writeFileSync(event.note, process.pid + " " + stray.pid);
    for (let i = 0; i < event.spawn; i++) spawn("sleep", ["600"], { stdio: "ignore" });
    for (;;) {}
  }
  return process.pid;
};`;

describe("a function that misbehaves", () => {
  beforeAll(() => fixture.make("bad", CODE, { Timeout: 1, MemorySize: 128 }));

  const exits = (text: string) => ({
    errorType: "Runtime.ExitError",
    errorMessage: expect.stringMatching(new RegExp(`^RequestId: ${ID} Error: ${text}$`)) as string,
  });

  it.each([
    ["loops for ever", { loop: true }],
    ["ignores SIGTERM", { ignore: true }],
  ])("is killed within 250 ms of its deadline when it %s", async (_case, event) => {
    const times: number[] = [];
    // A machine that is busy with something else may be late once, not every time.
    while (times.length < 4 && !times.some((ms) => ms < 1250)) {
      await fixture.call("bad");
      const start = performance.now();
      const { payload, functionError } = await fixture.call("bad", event);
      times.push(performance.now() - start);
      expect(functionError).toBe("Unhandled");
      expect(payload).toEqual({
        errorType: "Sandbox.Timedout",
        errorMessage: expect.stringMatching(
          new RegExp(`^RequestId: ${ID} Error: Task timed out after 1.00 seconds$`),
        ) as string,
      });
    }
    expect(Math.min(...times)).toBeGreaterThanOrEqual(1000);
    expect(Math.min(...times)).toBeLessThan(1250);
  });

  it.each([
    ["exits with 0", { exit: 0 }, "Runtime exited without providing a reason"],
    ["exits with 3", { exit: 3 }, "Runtime exited with error: exit status 3"],
    ["fills its memory outside the heap", { native: true }, "Runtime exited with error: signal: killed"],
    ["aborts", { abort: true }, "Runtime exited with error: signal: aborted"],
  ])("is reported when it %s, and a fresh instance serves the next call", async (_case, event, text) => {
    const { payload: before } = await fixture.call("bad");
    expect((await fixture.call("bad", event)).payload).toEqual(exits(text));
    const { payload: after } = await fixture.call("bad");
    expect(after).toEqual(expect.any(Number));
    expect(after).not.toBe(before);
  });

  it("is reported when it fills its heap", async () => {
    await fixture.make("heap", CODE, { Timeout: 20, MemorySize: 128 });
    expect((await fixture.call("heap", { heap: true })).payload).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(/Runtime exited with error: signal: (aborted|killed)$/) as string,
    });
  });

  it("is reported when a rejection is unhandled", async () => {
    expect((await fixture.call("bad", { reject: true })).payload).toMatchObject({
      errorType: "Runtime.UnhandledPromiseRejection",
      errorMessage: "RangeError: unhandled on purpose",
    });
    expect((await fixture.call("bad")).payload).toEqual(expect.any(Number));
  });

  it("is reported when an exception is uncaught", async () => {
    expect((await fixture.call("bad", { uncaught: true })).payload).toMatchObject({
      errorType: "RangeError",
      errorMessage: "uncaught on purpose",
    });
    expect((await fixture.call("bad")).payload).toEqual(expect.any(Number));
  });

  it("takes its children and its daemons with it", async () => {
    const note = `${fixture.cloud.stateFolder}/note`;
    await fixture.call("bad", { spawn: 40, note });
    const pids = (await readFile(note, "utf8")).split(" ");
    await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([]);
  });

  it("answers too much", async () => {
    await fixture.make("large", "exports.handler = async () => 'x'.repeat(6291556)");
    expect((await fixture.call("large")).payload).toEqual({
      errorType: "Function.ResponseSizeTooLarge",
      errorMessage: "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    });
  });
});

describe("a function that does not start", () => {
  it.each([
    ["its file is missing", "nothing.handler", "exports.handler = 1", "Runtime.ImportModuleError"],
    ["it imports what is not there", "index.handler", "require('left-pad')", "Runtime.ImportModuleError"],
    ["its syntax is wrong", "index.handler", "exports.handler = (", "Runtime.UserCodeSyntaxError"],
    ["its export is missing", "index.other", "exports.handler = async () => 1", "Runtime.HandlerNotFound"],
    ["its export is not a function", "index.handler", "exports.handler = 1", "Runtime.HandlerNotFound"],
    ["its handler's name is malformed", "../index.handler", "", "Runtime.MalformedHandlerName"],
    ["it throws while loading", "index.handler", "throw new EvalError('no')", "EvalError"],
    ["it exits while loading", "index.handler", "process.exit(2)", "Runtime.ExitError"],
  ])("fails when %s", async (title, Handler, code, errorType) => {
    const name = title.replaceAll(/[^a-z]/g, "-");
    await fixture.make(name, code, { Handler });
    const { payload, functionError, log } = await fixture.call(name, {}, { LogType: "Tail" });
    expect(functionError).toBe("Unhandled");
    expect(payload).toMatchObject({ errorType });
    expect(log).toContain("END RequestId");
  });

  it("does not find packages that are on this machine only", async () => {
    await fixture.make("strict", "const v = require('vitest'); exports.handler = async () => 1");
    expect((await fixture.call("strict")).payload).toMatchObject({ errorType: "Runtime.ImportModuleError" });
  });

  it("finds the AWS SDK that the runtime brings along", async () => {
    const code = "const { S3Client } = require('@aws-sdk/client-s3'); exports.handler = async () => typeof S3Client";
    await fixture.make("sdk", code);
    expect((await fixture.call("sdk")).payload).toBe("function");
    const esm = "import { S3Client } from '@aws-sdk/client-s3'; export const handler = async () => typeof S3Client";
    await fixture.make("sdk-esm", "", { Code: { ZipFile: await zipOf({ "index.mjs": esm }) } });
    expect((await fixture.call("sdk-esm")).payload).toBe("function");
  });
});
