import { CfnQueue } from "aws-cdk-lib/aws-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { AppStacks } from "../../lib/deploy/app-stacks.ts";
import { handOverToAccount } from "../../lib/deploy/hand-over.ts";
import { Function, ReleaseDriver } from "../../lib/index.ts";
import { SILENT_HOST } from "../../lib/io/message.ts";
import { newRelease, type ReleasePlan } from "../../lib/release/plan.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../helpers/inline-app.ts";

/** Releases that are left to a driver in the account which is part of the same stacks. */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
}, 300_000);

afterAll(() => app.stop());

const PLAN: ReleasePlan = {
  app: "inline",
  stage: "wire",
  origin: { actor: "tester", templateDigest: "digest-1" },
  policy: { name: "AllAtOnce", steps: [], finalBakeMs: 0 },
  members: [],
  hooks: [],
  alarms: [],
  keepVersions: 5,
};

const shop =
  (visibilityTimeout: number): BuildApp =>
  (stack) => {
    new CfnQueue(stack, "Queue", { visibilityTimeout });
    new Function(stack, "Work", { functionName: "work", code: inlineCode("return 1;") });
    new ReleaseDriver(stack, "Driver");
  };

test("a first deploy whose stack fails ends here, as no driver is there yet", async () => {
  const failed = await app.deploy(shop(-1), { detach: true });
  expect(failed).toMatchObject({ exitCode: 1, release: { state: "ROLLED_BACK", cause: { trigger: "stage" } } });
  expect(failed.handedTo).toBeUndefined();
  expect(failed.failure).toMatchObject({ code: "StackFailed" });
}, 300_000);

test("a driver that is missing is named, with what to run", async () => {
  const { stacks } = app.synthesise(shop(30));
  const failed = await app.connected(async (target) => {
    const signal = new AbortController().signal;
    const handOver = handOverToAccount(new AppStacks({ target, stacks, host: SILENT_HOST, signal }), "journal");
    return handOver(newRelease(PLAN, "release-1", 0), 1).catch((error: unknown) => error);
  });
  expect(failed).toMatchObject({ code: "DriverNotDeployed", fix: expect.stringContaining("tidegate resume") });
}, 300_000);

test("the deploy after it is left to the driver", async () => {
  const deployed = await app.deploy(shop(30), { detach: true });
  expect(deployed).toMatchObject({ exitCode: 0, handedTo: { actor: expect.stringContaining("in the account") } });
}, 300_000);
