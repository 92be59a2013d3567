import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LambdaFixture, startLambda, zipOf } from "./lambda-fixture.ts";

interface Answer {
  readonly pid: number;
  readonly mark: string;
  readonly version: string;
  readonly isAtHome: boolean;
  readonly left: readonly string[];
  readonly colour: string;
}

/** What a function sees of its process. `mark` makes each package another one. */
const codeOf = (mark: string) => `
exports.handler = async () => ({
  pid: process.pid,
  mark: ${JSON.stringify(mark)},
  version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
  isAtHome: process.cwd() === process.env.LAMBDA_TASK_ROOT && __dirname === process.env.LAMBDA_TASK_ROOT,
  left: Object.keys(process.env).filter((name) => /SPARE|LAYERS/.test(name)),
  colour: process.env.COLOUR,
});`;

let fixture: LambdaFixture;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-spare-"));
  fixture = await startLambda();
});
afterAll(async () => {
  await fixture.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function publish(FunctionName: string, code: string): Promise<string> {
  const ZipFile = await zipOf({ "index.js": code });
  await fixture.updated(FunctionName);
  const { Version = "" } = await fixture.lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile, Publish: true }),
  );
  const waiting = { client: fixture.lambda, maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
  await waitUntilFunctionActiveV2(waiting, { FunctionName, Qualifier: Version });
  return Version;
}

async function call(name: string, version: string): Promise<Answer> {
  const { payload, functionError } = await fixture.call(name, {}, { Qualifier: version });
  expect(functionError).toBeUndefined();
  return payload as Answer;
}

/** Processes that wait for a version of a function. */
function sparesOf(name: string): number[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const variables = /^\d+$/.test(pid) ? readFileSync(`/proc/${pid}/environ`, "latin1").split("\0") : [];
      const isSpare = variables.includes("_TIDEGATE_SPARE=1") && variables.includes(`AWS_LAMBDA_FUNCTION_NAME=${name}`);
      return isSpare ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

/** It keeps the variables of its start, as the system sees them, when it runs a version: only new ones count. */
async function newSpareOf(name: string, known: readonly number[] = []): Promise<number> {
  await expect.poll(() => sparesOf(name).filter((pid) => !known.includes(pid)).length).toBe(1);
  return sparesOf(name).find((pid) => !known.includes(pid)) ?? 0;
}

it.skipIf(process.platform !== "linux")("changed code runs in a process that was started before it came", async () => {
  await fixture.make("saved", codeOf("first"), { Environment: { Variables: { COLOUR: "red" } } });
  const second = await publish("saved", codeOf("second"));
  const spare = await newSpareOf("saved");
  expect(await call("saved", second)).toMatchObject({ mark: "second", version: second });

  const third = await publish("saved", codeOf("third"));
  expect(await call("saved", third)).toEqual({
    pid: spare,
    mark: "third",
    version: third,
    isAtHome: true,
    left: [],
    colour: "red",
  });
  expect((await call("saved", second)).mark).toBe("second");

  const next = await newSpareOf("saved", [spare]);
  const Environment = { Variables: { COLOUR: "blue" } };
  await fixture.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: "saved", Environment }));
  const fourth = await publish("saved", codeOf("fourth"));
  const answer = await call("saved", fourth);
  expect(answer).toMatchObject({ mark: "fourth", version: fourth, colour: "blue" });
  expect(answer.pid).not.toBe(next);
  await expect.poll(() => sparesOf("saved").includes(next)).toBe(false);
});

it("an event that comes while an environment initialises waits for it, and starts no other", async () => {
  await fixture.make("slow", codeOf("first"));
  const starts = join(folder, "starts.txt");
  // Longer than a version waits for its environment.
  const code = `
require("node:fs").appendFileSync(${JSON.stringify(starts)}, process.pid + "\\n");
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2500);
${codeOf("slow")}`;
  const version = await publish("slow", code);
  const { pid, mark } = await call("slow", version);
  expect(mark).toBe("slow");
  expect(readFileSync(starts, "utf8").trim().split("\n")).toEqual([String(pid)]);
});
