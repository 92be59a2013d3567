import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { VerbResult } from "../../lib/cli/verb.ts";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { CountingProxy, type ProxyFault, type SeenCall } from "../helpers/counting-proxy.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

/** Ten seconds of the cloud's time pass in one. */
const SPEED = 10;
const BLIP_MS = 30_000 / SPEED;
const POLICY = "Rollout.canary({ percent: 10, bake: Duration.minutes(2) })";

let cloud: TestCloud;
let proxy: CountingProxy;
let app: WireApp;
let version = 1;

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "tester");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "tester");
  cloud = await startTestCloud({ clock: new AdjustableClock({ speed: SPEED }) });
  proxy = await CountingProxy.start(cloud.endpoint);
  app = wireApp(proxy.endpoint);
  write();
  expect(await app.run(runDeploy)).toMatchObject({ exitCode: 0 });
});

afterEach(() => {
  proxy.faultOf = () => undefined;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await proxy.stop();
  await cloud.stop();
});

function write(): void {
  app.write({
    version: version++,
    policy: POLICY,
    analysis: '{ minInvocations: 1, maxWait: Duration.minutes(0), onInconclusive: "promote" }',
  });
}

/** Deploys a new version and strikes once traffic is split. */
async function deployThrough(strike: () => Promise<void>): Promise<VerbResult> {
  write();
  app.messages.length = 0;
  const deployed = app.run(runDeploy);
  await Promise.race([deployed, vi.waitFor(() => expect(inCanary()).toBe(true), { timeout: 60_000, interval: 20 })]);
  await strike();
  return deployed;
}

function inCanary(): boolean {
  return app.messages.filter(({ code, text }) => code === "AliasWritten" && text.includes("10 %")).length === 2;
}

/** Spoils every call, or every one that is chosen, for as long as a blip lasts. */
async function blip(fault: (call: SeenCall) => ProxyFault | undefined): Promise<void> {
  proxy.faultOf = fault;
  await new Promise((done) => setTimeout(done, BLIP_MS));
  proxy.faultOf = () => undefined;
}

const SUCCEEDED = { exitCode: 0, document: { release: { state: "SUCCEEDED" } } };

function expiredToken({ service }: SeenCall): ProxyFault {
  const message = "The provided token has expired.";
  if (service === "s3")
    return { status: 400, body: `<Error><Code>ExpiredToken</Code><Message>${message}</Message></Error>` };
  const headers = { "x-amzn-errortype": "ExpiredTokenException", "content-type": "application/json" };
  return { status: 403, headers, body: JSON.stringify({ __type: "ExpiredTokenException", message }) };
}

describe("a canary continues after", () => {
  it("thirty seconds without network", async () => {
    expect(await deployThrough(() => blip(() => "drop"))).toMatchObject(SUCCEEDED);
    expect(app.messages.filter(({ code }) => code === "JournalTrouble")).toMatchObject([
      { text: expect.stringContaining("cannot be reached") },
    ]);
  });

  it("a burst of server errors", async () => {
    const failed = {
      status: 503,
      body: "<Error><Code>InternalError</Code><Message>Please try again.</Message></Error>",
    };
    expect(await deployThrough(() => blip(() => failed))).toMatchObject(SUCCEEDED);
  });

  it("credentials that expire and are renewed", async () => {
    expect(await deployThrough(() => blip(expiredToken))).toMatchObject(SUCCEEDED);
    const trouble = app.messages.find(({ code }) => code === "JournalTrouble");
    expect(trouble?.text).toContain("ExpiredToken: The provided token has expired.");
  });

  it("a laptop that slept past the lease", async () => {
    write();
    const deploy = startProcess();
    await vi.waitFor(() => expect(deploy.text()).toMatch(/Wire\/Work: .* 10 %/), { timeout: 60_000, interval: 20 });
    deploy.child.kill("SIGSTOP");
    await new Promise((done) => setTimeout(done, 130_000 / SPEED));
    deploy.child.kill("SIGCONT");
    expect(await deploy.ended, deploy.text()).toBe(0);
    expect(deploy.text()).not.toMatch(/bug in tidegate|^\s+at /m);
  }, 120_000);
});

function startProcess() {
  const child = spawn(
    process.execPath,
    [resolve("bin/tidegate.ts"), "deploy", "--stage", "wire", "--yes", "--verbose"],
    {
      cwd: app.project.folder,
      env: { ...process.env, TIDEGATE_ACTOR: "tester" },
    },
  );
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  const ended = new Promise<number | null>((done) => child.on("close", done));
  return { child, ended, text: () => text };
}
