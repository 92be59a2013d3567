import { ListQueuesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { runRollback, runStatus } from "../../lib/cli/verbs/release-run.ts";
import { AdjustableClock } from "../../lib/local/state/clock.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

/** A queue that a release replaces while the driver in the account, which may delete nothing, ends the release. */

let cloud: TestCloud;
let app: WireApp;

interface Status {
  readonly release?: { readonly state: string };
  readonly heldBack: readonly string[];
  readonly oldResources: readonly { readonly stackName: string; readonly type: string; readonly physicalId: string }[];
}

function write(version: number, queueName: string): void {
  app.write({
    version,
    before: `const { CfnQueue } = await import("aws-cdk-lib/aws-sqs");
const queue = new CfnQueue(stack, "Jobs", { queueName: "${queueName}" });
work.addEnvironment("QUEUE", queue.ref);`,
    more: 'new ReleaseDriver(stack, "Driver");',
  });
}

async function queues(): Promise<string[]> {
  const { QueueUrls = [] } = await cloud.client(SQSClient).send(new ListQueuesCommand({}));
  return QueueUrls.map((url) => url.slice(url.lastIndexOf("/") + 1)).toSorted();
}

const deploy = (options: Readonly<Record<string, unknown>> = {}) =>
  app.run(runDeploy, { requireApproval: "never", ...options });

async function status(): Promise<Status & { readonly lines: readonly string[] }> {
  const { document, lines } = await app.run(runStatus);
  return { ...(document as Status), lines: lines ?? [] };
}

/** Leaves the release to the account, and waits for its end. */
async function deployDetached(): Promise<void> {
  expect(await deploy({ detach: true })).toMatchObject({ exitCode: 0 });
  await expect.poll(async () => (await status()).release?.state, { timeout: 120_000, interval: 300 }).toBe("SUCCEEDED");
}

beforeAll(async () => {
  cloud = await startTestCloud({ clock: new AdjustableClock({ speed: 60 }) });
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  app = wireApp(cloud.endpoint);
  write(1, "one");
  expect(await deploy()).toMatchObject({ exitCode: 0 });
}, 120_000);

afterAll(async () => {
  vi.unstubAllEnvs();
  app.remove();
  await cloud.stop();
});

it("is named by status, survives a rollback, and goes with the next deploy that no longer needs it", async () => {
  write(2, "two");
  await deployDetached();
  expect(await queues()).toEqual(["one", "two"]);
  const left = await status();
  expect(left.heldBack).toEqual([]);
  expect(left.oldResources).toMatchObject([
    { stackName: "Wire", type: "AWS::SQS::Queue", physicalId: expect.stringMatching(/\/one$/) as string },
  ]);
  expect(left.lines.join("\n")).toMatch(/replaced, and not deleted yet: Wire\.Jobs.*\/one .*Run `deploy` to delete it/);

  const back = await app.run(runRollback);
  expect(back).toMatchObject({ exitCode: 13, document: { notUndone: [expect.stringMatching(/Jobs.*SQS.*replaced/)] } });
  expect(await queues()).toEqual(["one", "two"]);

  write(3, "two");
  expect(await deploy()).toMatchObject({ exitCode: 0 });
  expect(await queues()).toEqual(["two"]);
  expect((await status()).oldResources).toEqual([]);
}, 180_000);

it("goes with a deploy that changes nothing", async () => {
  write(4, "three");
  await deployDetached();
  expect(await queues()).toEqual(["three", "two"]);
  expect(await deploy()).toMatchObject({ exitCode: 0, document: { unchanged: true } });
  expect(await queues()).toEqual(["three"]);
  const { oldResources, lines } = await status();
  expect(oldResources).toEqual([]);
  expect(lines.join("\n")).not.toContain("not deleted yet");
}, 180_000);
