import { LambdaClient, UpdateFunctionConfigurationCommand, waitUntilFunctionUpdatedV2 } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Aws } from "../../../lib/aws/aws.ts";
import { publishDifferences } from "../../../lib/deploy/versions/publish-differences.ts";
import { Function, Rollout } from "../../../lib/index.ts";
import { SILENT_HOST } from "../../../lib/io/message.ts";
import { ControlPlane } from "../../../lib/release/aws/control-plane.ts";
import { TokenBucket } from "../../../lib/release/aws/token-bucket.ts";
import { type InlineApp, inlineCode, startInlineApp } from "../../helpers/inline-app.ts";

/** Publishing a version counts against the calls that Lambda's control plane takes a second, as moving an alias does. */

let app: InlineApp;
let aws: Aws;

beforeAll(async () => {
  app = await startInlineApp();
  await app.deploy((stack, root) => {
    new Function(stack, "Work", { functionName: "work", code: inlineCode("return 1;") });
    new Rollout(root, "Rollout", { policy: "AllAtOnce" });
  });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: app.cloud.endpoint, credentials });
}, 60_000);

afterAll(async () => {
  await aws.close();
  await app.stop();
});

class CountingBucket extends TokenBucket {
  taken = 0;

  override take(urgent?: boolean): Promise<void> {
    this.taken += 1;
    return super.take(urgent);
  }
}

test("a version is published with a token of the connection's ration", async () => {
  const bucket = new CountingBucket({ perSecond: 14, burst: 14 });
  const control = new ControlPlane(aws, bucket);
  const lambda = app.cloud.client(LambdaClient);
  const change = { FunctionName: "work", Environment: { Variables: { MODE: "b" } } };
  await lambda.send(new UpdateFunctionConfigurationCommand(change));
  await waitUntilFunctionUpdatedV2({ client: lambda, maxWaitTime: 60 }, { FunctionName: "work" });
  const member = { path: "Shop/Work", next: "1", target: { kind: "function" as const, name: "work" } };
  const context = { host: SILENT_HOST, signal: new AbortController().signal };
  expect(await publishDifferences(aws, [member], context)).toMatchObject([{ next: "2" }]);
  expect(bucket.taken).toBe(1);
  expect(ControlPlane.of(aws)).toBe(control);
}, 60_000);
