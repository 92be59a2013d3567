import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const APP = join(import.meta.dirname, "../../fixtures/plain-cdk-app");
const CDK = join(import.meta.dirname, "../../../node_modules/aws-cdk/bin/cdk");

let cloud: TestCloud;
let folder: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  folder = await mkdtemp(join(tmpdir(), "tidegate-cdk-"));
});

afterAll(async () => {
  await cloud.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the unmodified CDK CLI against the cloud, as a user would: by environment variables alone. */
async function cdk(args: readonly string[], greeting = "hello"): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [CDK, ...args, "-o", join(folder, `out-${greeting}`), "--ci"], {
    cwd: APP,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-east-1",
      CDK_DISABLE_VERSION_CHECK: "1",
      GREETING: greeting,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output };
}

test("an unmodified CDK CLI deploys, updates, finds no changes, and destroys", { timeout: 240_000 }, async () => {
  const deployed = await cdk(["deploy", "--require-approval", "never"]);
  expect(deployed.code, deployed.output).toBe(0);
  const url = /PlainCdkApp\.Url = (\S+)/.exec(deployed.output)![1]!;
  expect(await (await fetch(url)).text()).toBe("hello");

  const diff = await cdk(["diff"], "bye");
  expect(diff.output).toMatch(/\[~\] AWS::Lambda::Alias Live/);
  const updated = await cdk(["deploy", "--require-approval", "never"], "bye");
  expect(updated.code, updated.output).toBe(0);
  expect(await (await fetch(url)).text()).toBe("bye");

  const again = await cdk(
    ["deploy", "--require-approval", "never", "--app", join(folder, "out-bye"), "--force"],
    "again",
  );
  expect(again.output).toMatch(/no changes/);

  const destroyed = await cdk(["destroy", "--force"], "bye");
  expect(destroyed.code, destroyed.output).toBe(0);
  expect((await fetch(url)).status).toBe(404);
});
