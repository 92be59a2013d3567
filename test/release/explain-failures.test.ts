import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PublishVersionCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { Bundler } from "../../lib/bundle/bundler.ts";
import { renderExplanation } from "../../lib/cli/render-release.ts";
import { completeBundlingOptions } from "../../lib/constructs/bundling-options.ts";
import { LoggedFailures } from "../../lib/release/aws/logged-failures.ts";
import { parseFailure } from "../../lib/release/aws/parse-failure.ts";
import type { Release } from "../../lib/release/model.ts";
import { explainFailures } from "../../lib/release/verbs/explain-failures.ts";
import { type LambdaFixture, startLambda } from "../local/lambda/lambda-fixture.ts";

/** Version 1 times out now and then, as version 2 does; version 2 has a fault of its own in a function of its own. */
const CODE = `interface Order { readonly id: number }

function priceOf(order: Order | undefined): number {
  return order!.id;
}

export const handler = async (event: { do: string; id: number }) => {
  if (event.do === "both") throw new RangeError("timeout of order " + event.id);
  if (event.do === "new" && process.env.VERSION === "2") return priceOf(undefined);
  if (event.do === "answer") return { statusCode: 503 };
  return 1;
};`;

let fixture: LambdaFixture;
let aws: Aws;
let folder: string;
let from: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tidegate-failures-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "list.ts"), CODE);
  fixture = await startLambda();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: fixture.cloud.endpoint, credentials });
  const options = completeBundlingOptions({}, Runtime.NODEJS_24_X, folder, "handler");
  const request = { entry: join(folder, "list.ts"), exportName: "handler", options, constructPath: "App/List" };
  const outcome = new Bundler(folder).add(request).outcome();
  if ("failure" in outcome) throw new Error(outcome.failure.problems.join("\n"));
  from = fixture.cloud.clock.now();
  const variables = { NODE_OPTIONS: "--enable-source-maps", VERSION: "1" };
  await fixture.make("list", "", {
    Runtime: "nodejs24.x",
    Handler: "outcome.handler",
    Code: { ZipFile: readFileSync(outcome.bundle.zipFile) },
    Environment: { Variables: variables },
    LoggingConfig: { LogFormat: "JSON", LogGroup: "/shop/list" },
  });
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName: "list" }));
  const Variables = { ...variables, VERSION: "2" };
  await fixture.lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName: "list", Environment: { Variables } }),
  );
  await fixture.updated("list");
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName: "list" }));
});

afterAll(async () => {
  await aws.close();
  await fixture.cloud.stop();
  rmSync(folder, { recursive: true, force: true });
});

function release(): Release {
  const target = { kind: "function", name: "list", alias: "live" } as const;
  const member = { path: "Shop/list", kind: "function", calls: [], shift: "policy", target, next: "2" };
  const tickedAt = fixture.cloud.clock.now();
  const known = { members: [member], stable: { "Shop/list": "1" }, shiftedAt: from, tickedAt, progress: {} };
  return known as unknown as Release;
}

describe("the failures of a new version", () => {
  test("are read from its log: type, message, source-mapped stack, request, and errors that only it has", async () => {
    for (const Qualifier of ["1", "2"]) {
      await fixture.call("list", { do: "both", id: Number(Qualifier) }, { Qualifier });
      await fixture.call("list", { do: "new" }, { Qualifier });
    }
    await fixture.call("list", { do: "both", id: 77 }, { Qualifier: "2" });
    await fixture.call("list", { do: "answer", requestContext: { http: {} } }, { Qualifier: "2" });
    const explain = () => explainFailures(release(), new LoggedFailures(aws));
    await expect.poll(async () => (await explain())[0]?.failures.length).toBe(3);
    const [list] = await explain();
    expect(list).toMatchObject({ path: "Shop/list", version: "2" });
    const [own, status, shared] = list!.failures;
    expect(own).toMatchObject({ type: "TypeError", onlyInNew: true, count: 1, requestId: expect.any(String) });
    expect(own!.message).toContain("reading 'id'");
    expect(own!.stack[0]).toMatch(/priceOf \(.*list\.ts:4:\d+\)/);
    expect(status).toMatchObject({ type: "Status 503", onlyInNew: true });
    expect(shared).toMatchObject({ type: "RangeError", onlyInNew: false, count: 2 });

    const lines = renderExplanation({ release: "r", reasons: [], failures: [list!], events: [] }).join("\n");
    expect(lines).toContain("Shop/list, version 2: TypeError");
    expect(lines).toContain("(only the new version fails so)");
    expect(lines).toContain(`request ${own!.requestId}`);
  });

  test("are a problem where the log cannot be read, and nothing before the first weight", async () => {
    const gone = { ...release(), stable: { "Shop/list": "9" } };
    expect(await explainFailures(gone, new LoggedFailures(aws))).toMatchObject([
      { path: "Shop/list", failures: [], problem: expect.stringContaining("not found") },
    ]);
    expect(await explainFailures({ ...release(), shiftedAt: undefined }, new LoggedFailures(aws))).toEqual([]);
  });
});

describe("a log event", () => {
  test.each<[string, string, object | undefined]>([
    [
      "of Node.js in text",
      '2026-01-01T00:00:00Z\treq-1\tERROR\tInvoke Error \t{"errorType":"Error","errorMessage":"no","stack":["Error: no","    at f (a.ts:1:2)"]}\n',
      { requestId: "req-1", type: "Error", message: "no", stack: ["at f (a.ts:1:2)"] },
    ],
    [
      "with the error in its message",
      '{"level":"ERROR","requestId":"r","message":{"errorType":"E","errorMessage":"m","stackTrace":["at f (a.ts:1:2)"]}}',
      { requestId: "r", type: "E", message: "m", stack: ["at f (a.ts:1:2)"] },
    ],
    ["of a request that succeeded", '{"status":200,"ServerErrors":0,"requestId":"r"}', undefined],
    ["without an error", '{"level":"INFO","message":"errorType is fine"}', undefined],
    ["in plain text", "an errorType in plain text", undefined],
  ])("%s", (_name, message, failure) => {
    expect(parseFailure(message, 7)).toEqual(failure && { at: 7, ...failure });
  });
});
