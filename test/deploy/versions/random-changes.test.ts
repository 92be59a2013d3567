import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { GetFunctionCommand, LambdaClient, ListVersionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { assert, asyncProperty } from "fast-check";
import type { Assembly } from "../../../lib/assembly/assembly.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type InlineApp, startInlineApp } from "../../helpers/inline-app.ts";
import { answerOf, buildApp, firstApp, LOOKED_UP, makeLayers, nameOf, RESOLVED, VALUES } from "./random-app.ts";
import { applyStep, changesOf, type Step, stepsOf } from "./random-steps.ts";

/**
 * After SUCCEEDED what is live is what the template and its values say, and deploying once more publishes nothing. Each
 * deploy changes every function of the app and often something that they share. `TIDEGATE_RANDOM_CHANGES=10000
 * TIDEGATE_RANDOM_FUNCTIONS=20` is the long form.
 */
const CHANGES = Number(process.env["TIDEGATE_RANDOM_CHANGES"] ?? 8);
const FUNCTIONS = Number(process.env["TIDEGATE_RANDOM_FUNCTIONS"] ?? 4);
const DEPLOYS = Math.ceil(CHANGES / FUNCTIONS);
const PER_RUN = Math.min(DEPLOYS, 10);
const INDEXES = Array.from({ length: FUNCTIONS }, (_, index) => index);
/** How many functions are called after each deploy; the configuration of all is compared. */
const CALLED = 4;

const layers = makeLayers();
let app: InlineApp;
let wanted = firstApp(FUNCTIONS);
/** The version that each alias serves. */
let served: readonly (string | undefined)[] = [];
/** The newest version of each function. */
let newest: readonly (string | undefined)[] = [];
const done = { changes: 0, deploys: 0, unchangedDeploys: 0, versions: 0 };

beforeAll(async () => {
  app = await startInlineApp();
  for (const value of VALUES) await put(RESOLVED, value);
  await deployWanted();
  served = await expectLive();
  newest = await newestVersions();
}, 120_000);

afterAll(async () => {
  await app.stop();
  rmSync(dirname(layers.a), { recursive: true, force: true });
});

async function put(Name: string, Value: string): Promise<void> {
  await app.cloud.client(SSMClient).send(new PutParameterCommand({ Name, Value, Type: "String", Overwrite: true }));
}

async function deploy(assembly: Assembly) {
  const report = await app.deploy(assembly, { parameters: { Given: wanted.shared.given } });
  expect(report, JSON.stringify([wanted, report.failure])).toMatchObject({ exitCode: 0 });
  return report;
}

/** Deploys what is wanted; returns the assembly. */
async function deployWanted(): Promise<Assembly> {
  await put(LOOKED_UP, wanted.shared.lookedUp);
  const assembly = app.synthesise(buildApp(wanted, layers));
  await deploy(assembly);
  return assembly;
}

/** The newest version of each function; undefined where the function does not exist. */
function newestVersions(): Promise<(string | undefined)[]> {
  const lambda = app.cloud.client(LambdaClient);
  return Promise.all(
    INDEXES.map(async (index) => {
      if (answerOf(wanted, index) === undefined) return undefined;
      const found = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: nameOf(index) }));
      return found.Versions?.at(-1)?.Version;
    }),
  );
}

/** The version that each alias serves, after what it holds was compared with what is wanted. */
function expectLive(): Promise<(string | undefined)[]> {
  return Promise.all(INDEXES.map(expectFunctionLive));
}

async function expectFunctionLive(index: number): Promise<string | undefined> {
  const FunctionName = nameOf(index);
  const lambda = app.cloud.client(LambdaClient);
  const answer = answerOf(wanted, index);
  if (answer === undefined) {
    await expect(lambda.send(new GetFunctionCommand({ FunctionName }))).rejects.toThrow(FunctionName);
    return undefined;
  }
  const [live, latest] = await Promise.all(
    ["live", undefined].map(async (Qualifier) => {
      const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName, Qualifier }));
      return Configuration;
    }),
  );
  const layered = live?.Layers?.map(({ Arn }) => Arn);
  expect([live?.CodeSha256, live?.Environment, layered, live?.MemorySize]).toEqual([
    latest?.CodeSha256,
    latest?.Environment,
    latest?.Layers?.map(({ Arn }) => Arn),
    answer.memory,
  ]);
  const { LITERAL, ...shared } = live?.Environment?.Variables ?? {};
  expect(LITERAL).toBe(answer.literal);
  const { layer, ...others } = answer.shared;
  expect(layered?.length ?? 0).toBe(layer === undefined ? 0 : 1);
  const found = Object.entries(shared).filter(([name]) => name !== "SHARED_layer");
  expect(Object.fromEntries(found.map(([name, value]) => [name.slice(7), value.split("-").at(-1)]))).toEqual(others);
  return live?.Version;
}

async function expectAnswers(from: number): Promise<void> {
  const called = INDEXES.filter((index) => answerOf(wanted, index) !== undefined);
  for (let place = 0; place < Math.min(CALLED, called.length); place++) {
    const index = called[(from + place) % called.length] ?? 0;
    expect((await app.call(nameOf(index))).answer, nameOf(index)).toEqual(answerOf(wanted, index));
  }
}

/** A function whose version would hold the same as before keeps its version. */
function expectKept(
  before: typeof wanted,
  servedBefore: readonly (string | undefined)[],
  now: readonly (string | undefined)[],
) {
  const same = INDEXES.filter((index) => answerOf(before, index) !== undefined && isSame(before, index));
  expect(same.map((index) => now[index])).toEqual(same.map((index) => servedBefore[index]));
}

function isSame(before: typeof wanted, index: number): boolean {
  return JSON.stringify(answerOf(before, index)) === JSON.stringify(answerOf(wanted, index));
}

async function takeStep(step: Step): Promise<void> {
  const [before, servedBefore, newestBefore] = [wanted, served, newest];
  wanted = applyStep(wanted, step);
  const assembly = await deployWanted();
  served = await expectLive();
  newest = await newestVersions();
  expectKept(before, servedBefore, served);
  // An earlier version serves where it holds what is wanted again. Nothing is published that does not serve.
  expect(newest).toEqual(INDEXES.map((index) => (newest[index] === newestBefore[index] ? newest : served)[index]));
  await expectAnswers(done.deploys);
  expect(await deploy(assembly)).toMatchObject({ unchanged: true });
  expect(await newestVersions()).toEqual(newest);
  done.changes += changesOf(step);
  done.deploys += 1;
  done.unchangedDeploys += 1;
  done.versions += served.filter((version, index) => version !== servedBefore[index]).length;
}

test(
  `after each of ${DEPLOYS} deploys of random changes to ${FUNCTIONS} functions what is live is what is deployed, and deploying again publishes nothing`,
  async () => {
    const seed = Number(process.env["TIDEGATE_RANDOM_SEED"] ?? Date.now() % 1_000_000_000);
    console.log(`seed ${seed}: repeat with TIDEGATE_RANDOM_SEED=${seed}`);
    const property = asyncProperty(stepsOf(FUNCTIONS, PER_RUN), async (steps) => {
      for (const step of steps) await takeStep(step);
      if (CHANGES > 100) console.log(new Date().toISOString(), JSON.stringify({ seed, ...done }));
    });
    await assert(property, { numRuns: Math.ceil(DEPLOYS / PER_RUN), seed, endOnFailure: true });
  },
  60_000 + DEPLOYS * 60_000,
);
