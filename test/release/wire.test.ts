import {
  CreateAliasCommand,
  GetAliasCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { createAwsPorts } from "../../lib/release/aws/aws-ports.ts";
import type { Member } from "../../lib/release/model.ts";
import type { ReleasePlan } from "../../lib/release/plan.ts";
import type { ReleasePorts } from "../../lib/release/ports/ports.ts";
import type { StackPort } from "../../lib/release/ports/stack-port.ts";
import type { ReleaseOutcome } from "../../lib/release/verbs/outcome.ts";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import { resumeRelease } from "../../lib/release/verbs/resume.ts";
import { rollbackRelease } from "../../lib/release/verbs/rollback.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { type LambdaFixture, startLambda } from "../local/lambda/lambda-fixture.ts";
import { ANALYSIS, MINUTE } from "./rehearsal.ts";

/** The rehearsals once more, against the local cloud, through real clients over loopback. */

const NAMES = ["create", "list", "notify"];
const CODE =
  "exports.handler = async () => { if (Math.random() < Number(process.env.FAIL)) throw new Error('no'); return 1; }";
const BUCKET = "bootstrap";
const ACCOUNT = "000000000000";

const MEMBERS = NAMES.map((name): Member => ({
  path: `Shop/${name}`,
  kind: "function",
  calls: name === "create" ? ["Shop/notify"] : [],
  shift: "policy",
  target: { kind: "function", name, alias: "live" },
}));

let fixture: LambdaFixture;
let aws: Aws;

beforeAll(async () => {
  fixture = await startLambda();
  await fixture.cloud.client(S3Client, { forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: BUCKET }));
  for (const name of NAMES) {
    await fixture.make(name, CODE, { Environment: { Variables: { FAIL: "0" } } });
    await publish(name, "0.01");
    await publish(name, "0.02");
    await publish(name, "0.9");
    await fixture.lambda.send(new CreateAliasCommand({ FunctionName: name, Name: "live", FunctionVersion: "1" }));
  }
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: fixture.cloud.endpoint, credentials });
});

afterAll(async () => {
  await aws.close();
  await fixture.cloud.stop();
});

/** Version 1 hardly fails, version 2 a little more often, version 3 nearly always. */
async function publish(name: string, FAIL: string): Promise<void> {
  await fixture.lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: name, Environment: { Variables: { FAIL } } }),
  );
  await fixture.updated(name);
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName: name }));
}

async function reset(): Promise<void> {
  for (const FunctionName of NAMES) {
    const RoutingConfig = { AdditionalVersionWeights: {} };
    await fixture.lambda.send(
      new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1", RoutingConfig, Description: "" }),
    );
  }
}

async function live(): Promise<string[]> {
  const aliases = await Promise.all(
    NAMES.map((FunctionName) => fixture.lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }))),
  );
  return aliases.map(
    ({ FunctionVersion, RoutingConfig }) =>
      `${FunctionVersion}${JSON.stringify(RoutingConfig?.AdditionalVersionWeights ?? {})}`,
  );
}

function plan(stage: string, more: Partial<ReleasePlan> = {}): ReleasePlan {
  const steps = [
    { percent: 20, bakeMs: 2 * MINUTE },
    { percent: 50, bakeMs: 2 * MINUTE },
  ];
  const origin = { actor: "anna", templateDigest: "digest" };
  return {
    app: "shop",
    stage,
    origin,
    policy: { name: "Custom", steps, finalBakeMs: MINUTE },
    members: MEMBERS,
    hooks: [],
    alarms: [],
    keepVersions: 5,
    ...more,
  };
}

interface Rigged {
  readonly ports: ReleasePorts;
  readonly died: Promise<"killed">;
  readonly effects: string[];
}

/** Ports on the cloud whose waiting moves its clock, and that may die before or after their n-th side effect. */
function rig(stage: string, next: string, killAt?: { effect: number; when: "before" | "after" }, traffic = 0): Rigged {
  const stacks: StackPort = {
    stage: () =>
      Promise.resolve({
        kind: "staged",
        members: MEMBERS.map(({ path, target }) => ({ path, target: target!, next })),
        hooks: new Map(),
        alarms: new Map(),
      }),
    finalise: () => Promise.resolve({ kind: "finalised" }),
    pins: () => Promise.resolve(new Map()),
    statuses: () => Promise.resolve(new Map()),
  };
  const real = createAwsPorts(aws, {
    bucket: BUCKET,
    account: ACCOUNT,
    app: "shop",
    stage,
    stacks,
    callsPerSecond: 1000,
  });
  const effects: string[] = [];
  let die!: (word: "killed") => void;
  const died = new Promise<"killed">((resolve) => (die = resolve));
  const rigged = <T extends object>(port: T, methods: string[]): T =>
    new Proxy(port, {
      get(target, key) {
        const own: unknown = Reflect.get(target, key);
        if (typeof own !== "function") return own;
        return async (...input: unknown[]) => {
          const mine = methods.includes(String(key)) ? effects.push(String(key)) - 1 : -1;
          const hit = mine >= 0 && mine === killAt?.effect;
          if (!hit) return own.apply(target, input) as unknown;
          if (killAt?.when === "after") await own.apply(target, input);
          die("killed");
          return new Promise(() => undefined);
        };
      },
    });
  const clock = {
    now: () => fixture.cloud.clock.now(),
    sleep: async (durationMs: number, signal?: AbortSignal) => {
      if (signal?.aborted === true) return;
      await Promise.all(
        NAMES.flatMap((name) => Array.from({ length: traffic }, () => fixture.call(name, {}, { Qualifier: "live" }))),
      );
      if (signal === undefined || traffic === 0) await fixture.cloud.clock.advance(durationMs);
    },
  };
  const ports = {
    ...real,
    journal: rigged(real.journal, ["write", "appendLog"]),
    aliases: rigged(real.aliases, ["update"]),
    clock,
  };
  return { ports, died, effects };
}

const options = (stage: string, holder: string) => ({ app: "shop", stage, actor: holder, holder });

describe("over the wire", () => {
  test("a release moves every alias, and rollback takes it back", async () => {
    const { ports } = rig("prod", "2");
    const outcome = await startRelease(plan("prod"), ports, options("prod", "anna"));
    expect(outcome).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    expect(await live()).toEqual(["2{}", "2{}", "2{}"]);
    expect(await rollbackRelease(rig("prod", "2").ports, options("prod", "ben"))).toMatchObject({ exitCode: 0 });
    expect(await live()).toEqual(["1{}", "1{}", "1{}"]);
    const told = await explainRelease(ports, outcome.release!.id);
    expect(told?.events.map(({ seq }) => seq)).toEqual(told?.events.map((_, index) => index + 1));
  });

  test.each([
    ["2", "SUCCEEDED"],
    ["3", "ROLLED_BACK"],
  ])(
    "version %s is judged by the invocations that really happened: %s",
    async (next, state) => {
      await reset();
      const stage = `judged-${next}`;
      const analysis = { ...ANALYSIS, minInvocations: 20 };
      const { ports } = rig(stage, next, undefined, 15);
      const outcome = await startRelease(plan(stage, { analysis }), ports, options(stage, "anna"));
      expect(outcome.release?.state, outcome.release?.cause?.text).toBe(state);
      if (state === "ROLLED_BACK") expect(outcome.release?.cause).toMatchObject({ trigger: "analysis" });
    },
    120_000,
  );

  test("functions without calls pass after the bake, each named as too quiet", async () => {
    await reset();
    const { ports } = rig("quiet", "2");
    const outcome = await startRelease(plan("quiet", { analysis: ANALYSIS }), ports, options("quiet", "anna"));
    expect(outcome.release?.state, outcome.release?.cause?.text).toBe("SUCCEEDED");
    const told = await explainRelease(ports, outcome.release!.id);
    const judged = told!.events.filter(({ code }) => code === "StepJudged").map(({ text }) => text);
    for (const name of NAMES) expect(judged.join("\n")).toContain(`Shop/${name}: too quiet to judge`);
  });

  test("after a kill before or after any side effect, resume finishes and rollback rolls back", async () => {
    await reset();
    const calm = rig("calm", "2");
    await startRelease(plan("calm"), calm.ports, options("calm", "anna"));
    for (let effect = 1; effect < calm.effects.length; effect += 5) {
      for (const when of ["before", "after"] as const) await rehearseKill(effect, when);
    }
  }, 300_000);
});

async function rehearseKill(effect: number, when: "before" | "after"): Promise<void> {
  await reset();
  const stage = `kill-${effect}-${when}`;
  const anna = rig(stage, "2", { effect, when });
  await Promise.race([startRelease(plan(stage), anna.ports, options(stage, "anna")), anna.died]);
  await fixture.cloud.clock.advance(3 * MINUTE);
  const verb = effect % 2 === 1 ? resumeRelease : rollbackRelease;
  const outcome: ReleaseOutcome = await verb(rig(stage, "2").ports, options(stage, "ben"));
  expect(outcome.exitCode, stage).toBe(outcome.unchanged ? 7 : 0);
  expect(new Set(await live()).size, stage).toBe(1);
  expect((await live())[0], stage).toMatch(verb === rollbackRelease ? /^1\{\}$/ : /^[12]\{\}$/);
}
