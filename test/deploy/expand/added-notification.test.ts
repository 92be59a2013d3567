import { GetAliasCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { GetBucketNotificationConfigurationCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { Duration } from "aws-cdk-lib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Bucket, Function, Rollout } from "../../../lib/index.ts";
import { callUntil } from "../../helpers/call-until.ts";
import { type BuildApp, type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** A function that uses a bucket receives its events from the next version on, or no longer. */

let app: InlineApp;

beforeAll(async () => {
  app = await startInlineApp();
});

afterAll(() => app.stop());

/** Lists the bucket, and throws where S3 refuses. */
const LIST = `
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SESSION_TOKEN, BUCKET } = process.env;
  const scope = AWS_ACCESS_KEY_ID + "/" + new Date().toISOString().slice(0, 10).replaceAll("-", "") + "/us-east-1/s3/aws4_request";
  const authorization = "AWS4-HMAC-SHA256 Credential=" + scope + ", SignedHeaders=host, Signature=0";
  const token = AWS_SESSION_TOKEN ? { "x-amz-security-token": AWS_SESSION_TOKEN } : {};
  const listed = await fetch(AWS_ENDPOINT_URL + "/" + BUCKET + "?list-type=2", { headers: { authorization, ...token } });
  if (!listed.ok) throw new Error("s3: " + listed.status + " " + (await listed.text()));`;

const withBucket =
  (answer: number, isNotified: boolean, prefix = ""): BuildApp =>
  (stack, root) => {
    const bucket = new Bucket(stack, "Inbox");
    const code = inlineCode(`${LIST} return ${answer};`);
    const fn = new Function(stack, "Fn", {
      functionName: "notified",
      code,
      environment: { BUCKET: bucket.bucketName },
    });
    bucket.grantReadWrite(fn);
    if (isNotified) bucket.on("s3:ObjectRemoved:*", fn, { prefix });
    new Rollout(root, "Rollout", { policy: Rollout.canary({ percent: 50, bake: Duration.minutes(2) }) });
  };

async function configuration() {
  const s3 = app.cloud.client(S3Client);
  const { Buckets: [inbox] = [] } = await s3.send(new ListBucketsCommand({ Prefix: "inline-inbox" }));
  const command = new GetBucketNotificationConfigurationCommand({ Bucket: inbox?.Name });
  return (await s3.send(command)).LambdaFunctionConfigurations ?? [];
}

async function notifications(): Promise<number> {
  return (await configuration()).length;
}

test("a notification that the next version drops stays until the promotion", async () => {
  const lambda = app.cloud.client(LambdaClient);
  expect(await app.deploy(withBucket(4, true))).toMatchObject({ exitCode: 0 });
  const inCanary: number[] = [];
  const deploying = app.deploy(withBucket(5, false));
  const weights = async () => {
    const { RoutingConfig } = await lambda.send(new GetAliasCommand({ FunctionName: "notified", Name: "live" }));
    return Object.keys(RoutingConfig?.AdditionalVersionWeights ?? {}).length;
  };
  const sample = async () => {
    const before = await weights();
    const count = await notifications();
    if (before > 0 && (await weights()) > 0) inCanary.push(count);
    return false;
  };
  const over = deploying.then(() => true);
  let isOver = false;
  do {
    isOver = await Promise.race([over, sample()]);
  } while (!isOver);
  expect(await deploying).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(new Set(inCanary)).toEqual(new Set([1]));
  expect(await notifications()).toBe(0);
}, 120_000);

test("a notification that overlaps the deployed one takes effect after the promotion, and the deploy says so", async () => {
  expect(await app.deploy(withBucket(6, true))).toMatchObject({ exitCode: 0 });
  const report = await app.deploy(withBucket(7, true, "in/"));
  expect(report, report.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
  expect(app.messages.filter(({ code }) => code === "DeferredChange").map(({ text }) => text)).toEqual([
    expect.stringMatching(
      /^Inline: Inbox\w+ gets the new NotificationConfiguration only after the promotion: S3 refuses/,
    ),
  ]);
  expect(JSON.stringify(await configuration())).toContain('"Value":"in/"');
}, 120_000);

test("a notification is added to a bucket that the function already uses, and removed, and no request fails", async () => {
  expect(await app.deploy(withBucket(1, false))).toMatchObject({ exitCode: 0 });
  for (const [answer, isNotified] of [
    [2, true],
    [3, false],
  ] as const) {
    const traffic = callUntil(app, "notified");
    const report = await app.deploy(withBucket(answer, isNotified));
    const calls = await traffic.stop();
    expect(report, report.release?.cause?.text).toMatchObject({ exitCode: 0, release: { state: "SUCCEEDED" } });
    expect(calls.failures).toEqual([]);
    expect((await app.call("notified")).answer).toBe(answer);
    expect(await notifications()).toBe(isNotified ? 1 : 0);
    expect(await app.deploy(withBucket(answer, isNotified))).toMatchObject({ unchanged: true });
  }
}, 120_000);
