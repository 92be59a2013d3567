import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  PublishVersionCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { createAwsPorts } from "../../lib/release/aws/aws-ports.ts";
import type { Member, Subscriber } from "../../lib/release/model.ts";
import type { Notification } from "../../lib/release/notification.ts";
import type { ReleasePlan } from "../../lib/release/plan.ts";
import type { StackPort } from "../../lib/release/ports/stack-port.ts";
import { explainRelease } from "../../lib/release/verbs/look.ts";
import { startRelease } from "../../lib/release/verbs/start.ts";
import { type LambdaFixture, startLambda } from "../local/lambda/lambda-fixture.ts";

/** A release of one function notifies subscribers on the local cloud, through real clients over loopback. */

const LISTENER = `exports.handler = async (event) =>
  require("node:fs").appendFileSync(process.env.EVENTS, JSON.stringify(event) + "\\n");`;
const LISTENER_ARN = "arn:aws:lambda:us-east-1:000000000000:function:listener";
const TARGET = { kind: "function", name: "list", alias: "live" } as const;
const MEMBER: Member = { path: "Shop/list", kind: "function", calls: [], shift: "policy", target: TARGET };

let fixture: LambdaFixture;
let aws: Aws;
let eventsFile: string;

beforeAll(async () => {
  fixture = await startLambda({ log: () => undefined });
  eventsFile = join(fixture.cloud.stateFolder, "events");
  await fixture.cloud.client(S3Client, { forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: "bootstrap" }));
  await fixture.make("listener", LISTENER, { Environment: { Variables: { EVENTS: eventsFile } } });
  await fixture.make("list", "exports.handler = async () => 1");
  const FunctionName = "list";
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
  await fixture.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Description: "two" }));
  await fixture.updated(FunctionName);
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
  await fixture.lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: fixture.cloud.endpoint, credentials });
});

afterAll(async () => {
  await aws.close();
  await fixture.cloud.stop();
});

async function allow(principal: string): Promise<void> {
  await fixture.lambda.send(
    new AddPermissionCommand({
      FunctionName: "listener",
      StatementId: principal.replaceAll(".", "-"),
      Action: "lambda:InvokeFunction",
      Principal: principal,
    }),
  );
}

/** What the listener was handed, by event. */
async function received<T>(): Promise<T[]> {
  const text = await readFile(eventsFile, "utf8").catch(() => "");
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as T]));
}

async function eventually<T>(look: () => Promise<T[]>, enough: (found: T[]) => boolean): Promise<T[]> {
  for (const deadline = performance.now() + 15_000; ;) {
    const found = await look();
    if (enough(found) || performance.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Releases version 2 and returns the sequence numbers of the log's published events. */
async function release(stage: string, subscriber: Subscriber): Promise<number[]> {
  const stacks: StackPort = {
    stage: () =>
      Promise.resolve({
        kind: "staged",
        members: [{ path: MEMBER.path, target: TARGET, next: "2" }],
        hooks: new Map(),
        alarms: new Map(),
      }),
    finalise: () => Promise.resolve({ kind: "finalised" }),
    pins: () => Promise.resolve(new Map()),
    statuses: () => Promise.resolve(new Map()),
  };
  const ports = createAwsPorts(aws, { bucket: "bootstrap", account: "000000000000", app: "shop", stage, stacks });
  const plan: ReleasePlan = {
    app: "shop",
    stage,
    origin: { actor: "anna", templateDigest: "digest" },
    policy: { name: "AllAtOnce", steps: [], finalBakeMs: 0 },
    members: [MEMBER],
    hooks: [],
    alarms: [],
    subscribers: [subscriber],
    keepVersions: 5,
  };
  const outcome = await startRelease(plan, ports, { app: "shop", stage, actor: "anna" });
  expect(outcome.release?.state).toBe("SUCCEEDED");
  const told = await explainRelease(ports, outcome.release!.id);
  return told!.events.filter(({ code }) => !code.startsWith("AliasWr")).map(({ seq }) => seq);
}

interface SnsEvent {
  readonly Records?: readonly { readonly Sns: { readonly Subject: string; readonly Message: string } }[];
}

describe("a topic", () => {
  test("receives everything, and a filter passes only the events worth waking up for", async () => {
    await allow("sns.amazonaws.com");
    const sns = fixture.cloud.client(SNSClient);
    const TopicArn = (await sns.send(new CreateTopicCommand({ Name: "releases" }))).TopicArn!;
    const subscription = { TopicArn, Protocol: "lambda", Endpoint: LISTENER_ARN };
    await sns.send(new SubscribeCommand(subscription));
    const expected = await release("topic", { path: "Shop/Topic", kind: "topic", name: TopicArn });
    const heard = async () =>
      (await received<SnsEvent>()).flatMap(({ Records = [] }) =>
        Records.map(({ Sns }) => ({ ...(JSON.parse(Sns.Message) as Notification), subject: Sns.Subject })),
      );
    const found = await eventually(heard, (all) => all.length >= expected.length);
    const bySequence = found.toSorted((one, other) => one.sequence - other.sequence);
    expect(bySequence.map(({ sequence }) => sequence)).toEqual(expected);
    expect(bySequence.at(-1)).toMatchObject({
      state: "SUCCEEDED",
      event: "StateEntered",
      subject: "shop topic: Release Succeeded",
    });
  });
});
