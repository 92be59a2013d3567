import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { AWS_CALLS, type CallMaker } from "../../lib/aws/aws-calls.ts";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { runDestroy } from "../../lib/cli/verbs/destroy-run.ts";
import { runRollback, runStatus } from "../../lib/cli/verbs/release-run.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { CountingProxy, type SeenCall } from "../helpers/counting-proxy.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

let cloud: TestCloud;
let proxy: CountingProxy;
let app: WireApp;

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "tester");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "tester");
  cloud = await startTestCloud();
  proxy = await CountingProxy.start(cloud.endpoint);
  app = wireApp(proxy.endpoint);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await proxy.stop();
  await cloud.stop();
});

/** Who signed a call, by the role that its access key was handed out for. */
function makerOf({ accessKeyId }: SeenCall): CallMaker | "other" {
  if (accessKeyId === "tester") return "caller";
  const role = /cdk-hnb659fds-([a-z-]+)-role-/.exec(proxy.roleOfKey.get(accessKeyId) ?? "")?.[1];
  return role === "deploy" || role === "file-publishing" ? `${role}-role` : "other";
}

function expectListedMakers(): void {
  const wrong = proxy.calls
    .filter((call) => !AWS_CALLS.some((row) => isRowOf(row, call)))
    .map((call) => `${call.service} ${call.operation} by ${makerOf(call)}`);
  expect([...new Set(wrong)]).toEqual([]);
}

function isRowOf(row: (typeof AWS_CALLS)[number], call: SeenCall): boolean {
  const maker = makerOf(call);
  return row.service === call.service && row.operation === call.operation && row.madeBy.some((one) => one === maker);
}

describe("calls of the command line", () => {
  it("are made by whom the table of calls says, from the first deploy to the last", async () => {
    app.write({ version: 1 });
    expect(await app.run(runDeploy)).toMatchObject({ exitCode: 0 });
    app.write({ version: 2 });
    expect(await app.run(runDeploy)).toMatchObject({ exitCode: 0 });
    expect(await app.run(runStatus)).toMatchObject({ exitCode: 0 });
    expect(await app.run(runRollback)).toMatchObject({ exitCode: 0 });
    expect(await app.run(runDestroy)).toMatchObject({ exitCode: 0 });
    expectListedMakers();
    const made = (maker: CallMaker) => proxy.calls.filter((call) => makerOf(call) === maker).length;
    expect(Math.min(made("caller"), made("deploy-role"), made("file-publishing-role"))).toBeGreaterThan(3);
  }, 180_000);
});
