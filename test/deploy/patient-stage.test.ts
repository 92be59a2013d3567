import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  ListChangeSetsCommand,
} from "@aws-sdk/client-cloudformation";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { VerbResult } from "../../lib/cli/verb.ts";
import { runDeploy } from "../../lib/cli/verbs/deploy-run.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { CountingProxy, type ProxyFault, type SeenCall } from "../helpers/counting-proxy.ts";
import { wireApp, type WireApp } from "../helpers/wire-app.ts";

/** Longer than the SDK's own attempts take together. */
const BLIP_MS = 12_000;

let cloud: TestCloud;
let proxy: CountingProxy;
let app: WireApp;
let cloudformation: CloudFormationClient;
let version = 1;

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "tester");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "tester");
  cloud = await startTestCloud();
  cloudformation = new CloudFormationClient({ region: "us-east-1", endpoint: cloud.endpoint });
  proxy = await CountingProxy.start(cloud.endpoint);
  app = wireApp(proxy.endpoint);
  app.write({ version: version++ });
  const { exitCode } = await app.run(runDeploy);
  if (exitCode !== 0) throw new Error(`the first version was not deployed: ${exitCode}`);
}, 120_000);

afterEach(() => {
  proxy.faultOf = () => undefined;
});

afterAll(async () => {
  vi.unstubAllEnvs();
  cloudformation.destroy();
  app.remove();
  await proxy.stop();
  await cloud.stop();
});

/** Deploys a new version. What spoils calls begins once the stage does. */
async function deployWith(faultOf: (call: SeenCall) => ProxyFault | undefined): Promise<VerbResult> {
  app.write({ version: version++ });
  app.messages.length = 0;
  proxy.faultOf = (call) => (isStaging() ? faultOf(call) : undefined);
  return app.run(runDeploy);
}

function isStaging(): boolean {
  return app.messages.some(({ code }) => code === "StagingStarted");
}

/** Spoils the calls of these services for as long as a blip lasts, counted from the first one. */
function blip(services: readonly string[], fault: ProxyFault): (call: SeenCall) => ProxyFault | undefined {
  let endsAt: number | undefined;
  return ({ service, at }) => {
    if (!services.includes(service)) return undefined;
    endsAt ??= at + BLIP_MS;
    return at < endsAt ? fault : undefined;
  };
}

/** Loses the replies to the first calls of an operation. */
function loseReplies(operation: string, times: number): (call: SeenCall) => ProxyFault | undefined {
  let left = times;
  return (call) => (call.operation === operation && left-- > 0 ? "lose-reply" : undefined);
}

const query = (code: string) =>
  `<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;

const SUCCEEDED = { exitCode: 0, document: { release: { state: "SUCCEEDED" } } };

describe("a stage continues after", () => {
  test.each<[string, readonly string[], ProxyFault]>([
    ["no network to CloudFormation", ["cloudformation"], "drop"],
    ["no network while assets are uploaded", ["s3"], "drop"],
    ["a burst of server errors", ["cloudformation"], { status: 503, body: query("ServiceUnavailable") }],
    ["throttling", ["cloudformation"], { status: 400, body: query("Throttling") }],
    ["credentials that expire and are renewed", ["cloudformation"], { status: 403, body: query("ExpiredToken") }],
  ])(
    "%s",
    async (_what, services, fault) => {
      expect(await deployWith(blip(services, fault))).toMatchObject(SUCCEEDED);
      const codes = app.messages.map(({ code }) => code);
      expect(codes.some((code) => code === "CallTrouble" || code === "JournalTrouble")).toBe(true);
    },
    120_000,
  );

  test.each([
    ["CreateChangeSet", 1],
    ["CreateChangeSet", 7],
    ["ExecuteChangeSet", 1],
    ["ExecuteChangeSet", 7],
  ] as const)(
    "lost replies to %s (%i of them), and stages once",
    async (operation, times) => {
      const before = await countUpdates();
      expect(await deployWith(loseReplies(operation, times))).toMatchObject(SUCCEEDED);
      // One update publishes the version, one moves the pins.
      expect((await countUpdates()) - before).toBe(2);
      const { Summaries = [] } = await cloudformation.send(new ListChangeSetsCommand({ StackName: "Wire" }));
      expect(Summaries).toEqual([]);
    },
    120_000,
  );
});

async function countUpdates(): Promise<number> {
  let count = 0;
  let NextToken: string | undefined;
  do {
    const page = await cloudformation.send(new DescribeStackEventsCommand({ StackName: "Wire", NextToken }));
    const updates = (page.StackEvents ?? []).filter(
      ({ ResourceType, ResourceStatus }) =>
        ResourceType === "AWS::CloudFormation::Stack" && ResourceStatus === "UPDATE_IN_PROGRESS",
    );
    count += updates.length;
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return count;
}
