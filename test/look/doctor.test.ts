import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { machineFindings } from "../../lib/cli/machine-findings.ts";
import { runDoctor } from "../../lib/cli/verbs/doctor-run.ts";
import type { AppStack } from "../../lib/look/app/app-resource.ts";
import type { Finding } from "../../lib/look/doctor/finding.ts";
import { releaseFinding } from "../../lib/look/doctor/release-finding.ts";
import { stackFindings } from "../../lib/look/doctor/stack-findings.ts";
import { STANDING_EXIT } from "../../lib/release/engine.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

let cloud: TestCloud;
let app: WireApp;

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  cloud = await startTestCloud();
  app = wireApp(cloud.endpoint);
});

afterAll(async () => {
  app.remove();
  await cloud.stop();
  vi.unstubAllEnvs();
});

const find = (findings: readonly Finding[], check: string) => findings.filter((one) => one.check === check);
const run = async () => (await app.run(runDoctor)).document as { problems: number; findings: readonly Finding[] };

describe("doctor", () => {
  it("takes a stage to which nothing is deployed as a new one", async () => {
    const { problems, findings } = await run();
    expect(problems).toBe(0);
    expect(find(findings, "stacks")).toMatchObject([
      { state: "ok", fix: "Deploy it first: `tidegate deploy --stage wire`." },
    ]);
    expect(find(findings, "quotas")).toHaveLength(2);
  });

  it("ends with 1 where the endpoint cannot be reached, and leaves out what depends on it", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, "close");
    app.connectTo(`http://127.0.0.1:${port}`);
    const { exitCode, document } = await app.run(runDoctor);
    app.connectTo(cloud.endpoint);
    expect(exitCode).toBe(1);
    const { findings } = document as { findings: readonly Finding[] };
    expect(find(findings, "credentials")).toMatchObject([{ state: "problem", fix: expect.any(String) }]);
    expect(find(findings, "stacks")).toEqual([]);
  });

  it("names the process that has the local cloud's port", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const findings = await machineFindings(app.project.folder, { TIDEGATE_LOCAL_PORT: String(port) });
    const stateFolder = join(app.project.folder, ".tidegate", "local");
    mkdirSync(stateFolder, { recursive: true });
    writeFileSync(join(stateFolder, "port"), `${port}\n`);
    const unnamed = await machineFindings(app.project.folder, {});
    server.close();
    expect(find(unnamed, "local cloud")).toMatchObject([
      { state: "ok", text: expect.stringMatching(new RegExp(`port ${port} is taken by .*; it will take a free one$`)) },
    ]);
    const [finding] = find(findings, "local cloud");
    expect(finding).toMatchObject({ state: "warning", fix: "unset TIDEGATE_LOCAL_PORT" });
    expect(finding?.text).toContain(`port ${port} is taken by process ${process.pid}`);
    expect(find(findings, "packages")).toMatchObject([{ state: "ok" }]);
  });

  it("finds that aws-cdk-lib is not installed", async () => {
    const [finding] = find(await machineFindings("/", { TIDEGATE_LOCAL_PORT: "0" }), "packages");
    expect(finding).toMatchObject({ state: "problem", fix: "npm install --save-dev aws-cdk-lib constructs" });
  });

  it.each([
    ["UPDATE_COMPLETE", "ok", undefined],
    ["UPDATE_ROLLBACK_COMPLETE", "ok", undefined],
    ["UPDATE_ROLLBACK_FAILED", "problem", "aws cloudformation continue-update-rollback --stack-name shop"],
    ["ROLLBACK_COMPLETE", "problem", "tidegate deploy --stage prod"],
    ["DELETE_FAILED", "problem", "tidegate destroy --stage prod"],
    ["REVIEW_IN_PROGRESS", "warning", "tidegate deploy --stage prod"],
    ["UPDATE_IN_PROGRESS", "warning", "tidegate status --stage prod"],
  ])("a stack that is %s: %s", (status, state, fix) => {
    const stack = { path: "Shop", stackName: "shop", state: { status } } as AppStack;
    const [finding] = stackFindings([stack], "prod");
    expect(finding?.state).toBe(state);
    expect(finding?.fix).toBe(fix);
  });

  it("knows every state of a release, and the verb for an abandoned one", () => {
    const unknown = Object.keys(STANDING_EXIT).filter(
      (name) => releaseFinding(name, "local").text === `the release is ${name}`,
    );
    expect(unknown).toEqual([]);
    expect(releaseFinding("unattended", "prod")).toMatchObject({
      state: "problem",
      fix: "tidegate resume --stage prod",
    });
  });
});
