import {
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListProvisionedConcurrencyConfigsCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runDeploy } from "../../../lib/cli/verbs/deploy-run.ts";
import { runExplain, runRollback, runStatus } from "../../../lib/cli/verbs/release-run.ts";
import { AdjustableClock } from "../../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { wireApp, type WireApp } from "../../helpers/wire-app.ts";

const DAY_MS = 24 * 60 * 60_000;

let cloud: TestCloud;
let app: WireApp;
let lambda: LambdaClient;

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "tester");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "tester");
  cloud = await startTestCloud({ clock: new AdjustableClock({ speed: 30 }) });
  lambda = cloud.client(LambdaClient);
  app = wireApp(cloud.endpoint);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await cloud.stop();
});

/** A function with provisioned concurrency and one in a VPC, and a driver in the account. */
function write(version: number): void {
  const more = `const { PolicyStatement } = await import("aws-cdk-lib/aws-iam");
const environment = { VERSION: "${version}" };
new Function(stack, "Warm", { entry: "functions/work.ts", functionName: "warm", provisionedConcurrentExecutions: 2, environment });
const idle = new Function(stack, "Idle", { entry: "functions/work.ts", functionName: "idle", environment });
const actions = ["ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"];
idle.lambda.addToRolePolicy(new PolicyStatement({ actions, resources: ["*"] }));
(idle.lambda.node.defaultChild as any).addPropertyOverride("VpcConfig", { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] });
new ReleaseDriver(stack, "Driver");`;
  app.write({ version, more });
}

/** The versions of `warm` that have provisioned concurrency. */
async function provisioned(): Promise<string[]> {
  const listed = await lambda.send(new ListProvisionedConcurrencyConfigsCommand({ FunctionName: "warm" }));
  const configs = listed.ProvisionedConcurrencyConfigs ?? [];
  for (const { Status } of configs) expect(Status).toBe("READY");
  return configs.map(({ FunctionArn = "" }) => FunctionArn.slice(FunctionArn.lastIndexOf(":") + 1)).sort();
}

async function live(FunctionName: string): Promise<string | undefined> {
  return (await lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }))).FunctionVersion;
}

/** What the journal says of the last release. */
async function explained(): Promise<string> {
  const { lines } = await app.run(runExplain);
  return (lines ?? []).join("\n");
}

describe("releases of functions whose versions have to be made ready", () => {
  it("keep provisioned concurrency on two versions, and restore it and wake versions before a rollback", async () => {
    const ids: string[] = [];
    for (const version of [1, 2, 3]) {
      write(version);
      const { document } = await app.run(runDeploy);
      expect(document).toMatchObject({ release: { state: "SUCCEEDED" } });
      ids.push((document as { readonly release: { readonly id: string } }).release.id);
    }
    expect(await live("warm")).toBe("3");
    expect(await provisioned()).toEqual(["2", "3"]);
    expect(await explained()).toContain("Wire/Warm: 2 from version 1");

    await cloud.clock.advance(20 * DAY_MS);
    const state = async (Qualifier: string) =>
      (await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: "idle", Qualifier }))).State;
    expect(await state("1")).toBe("Inactive");
    expect(await app.run(runRollback, { release: ids[0] })).toMatchObject({ exitCode: 0 });
    expect([await live("warm"), await live("idle")]).toEqual(["1", "1"]);
    expect(await state("1")).toBe("Active");
    expect(await provisioned()).toEqual(["1", "2"]);
    const told = await explained();
    expect(told).toContain("Wire/Warm: version 1 gets its provisioned concurrency of 2 back");
    expect(told).toContain("Wire/Idle: version 1 is Inactive (Idle: The function is idle.)");
    expect(told).toContain("Wire/Warm: 2 from version 3");
  }, 240_000);

  it("are pruned by the driver in the account with its own permissions", async () => {
    write(4);
    expect(await app.run(runDeploy, { detach: true })).toMatchObject({ exitCode: 0 });
    const stateNow = async () => {
      const { document } = await app.run(runStatus);
      return (document as { readonly release: { readonly state: string } }).release.state;
    };
    await expect.poll(stateNow, { timeout: 120_000, interval: 500 }).toBe("SUCCEEDED");
    expect(await live("warm")).toBe("4");
    expect(await provisioned()).toEqual(["1", "4"]);
    const told = await explained();
    expect(told).toContain("Wire/Warm: 2 from version 2");
    expect(told).not.toContain("cannot be read");
  }, 240_000);
});
