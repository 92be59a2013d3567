import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient, StopExecutionCommand } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { runStatus, runWish } from "../../lib/cli/verbs/release-run.ts";
import type { VerbContext } from "../../lib/cli/verb.ts";
import type { Release } from "../../lib/release/model.ts";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

/** The watch after a success, by the real driver in the account: its execution is stopped, resumed, and rolls back. */

let cloud: TestCloud;
let app: WireApp;

function write(version: number): void {
  app.write({
    version,
    analysis: "{ maxErrorRate: 0.5, minInvocations: 10 }",
    rollout: "watch: Duration.hours(3), onWatchFailure: 'rollback',",
    more: 'new ReleaseDriver(stack, "Driver");',
  });
}

const deploy = () => app.run(runDeploy, { requireApproval: "never" });
const resume = () => app.run((options, context: VerbContext) => runWish("resume", options, context));

async function status(): Promise<{ readonly release?: Release; readonly text: string }> {
  const { document, lines = [] } = await app.run(runStatus);
  return { ...(document as { release?: Release }), text: lines.join("\n") };
}

async function runningWatches(): Promise<readonly string[]> {
  const sfn = cloud.client(SFNClient);
  const { stateMachines = [] } = await sfn.send(new ListStateMachinesCommand({}));
  const machine = stateMachines.find(({ name = "" }) => name.includes("Driver"));
  const input = { stateMachineArn: machine?.stateMachineArn, statusFilter: "RUNNING" as const };
  const { executions = [] } = await sfn.send(new ListExecutionsCommand(input));
  return executions.map(({ executionArn = "" }) => executionArn);
}

async function call(fails: boolean): Promise<void> {
  const { functionName = "" } = await workFunction();
  const Payload = JSON.stringify({ fails });
  await cloud.client(LambdaClient).send(new InvokeCommand({ FunctionName: functionName, Qualifier: "live", Payload }));
}

async function workFunction(): Promise<{ functionName?: string }> {
  const { release } = await status();
  return { functionName: release?.members.find(({ path }) => path.endsWith("Work"))?.target?.name };
}

const SPEED = 60;

beforeAll(async () => {
  cloud = await startTestCloud({ clock: new AdjustableClock({ speed: SPEED }) });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  app = wireApp(cloud.endpoint);
  app.project.write(
    "functions/work.ts",
    'export const handler = async (event: { fails?: boolean }) => {\n  if (event.fails) throw new Error("broken " + process.env.VERSION);\n  return 1;\n};\n',
  );
  write(1);
  await deploy();
  write(2);
  await deploy();
}, 180_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await cloud.stop();
});

it("is resumed after its execution was stopped, and rolls a failing version back", async () => {
  const { release } = await status();
  expect(release).toMatchObject({ state: "SUCCEEDED", watch: { status: "watching" } });
  await expect.poll(runningWatches, { timeout: 60_000 }).toHaveLength(1);

  for (const executionArn of await runningWatches())
    await cloud.client(SFNClient).send(new StopExecutionCommand({ executionArn }));
  await expect
    .poll(async () => (await status()).text, { timeout: 120_000, interval: 500 })
    .toContain("not checked since");
  const outcome = await resume();
  expect(outcome).toMatchObject({
    exitCode: 0,
    document: { unchanged: false, handedTo: expect.anything() as unknown },
  });
  await expect.poll(runningWatches, { timeout: 60_000 }).toHaveLength(1);

  const isBack = async () => {
    for (let count = 0; count < 20; count++) await call(true);
    const { release: now } = await status();
    return { kind: now?.kind, state: now?.state, watchOf: now?.watchOf };
  };
  await expect
    .poll(isBack, { timeout: 180_000, interval: 500 })
    .toEqual({ kind: "rollback", state: "ROLLED_BACK", watchOf: release?.id });
  const after = await app.run(runStatus);
  const { aliases } = after.document as { aliases: readonly { path: string; live: { primary: string } }[] };
  expect(aliases.find(({ path }) => path.endsWith("Work"))?.live).toEqual({ primary: "1" });
}, 400_000);
