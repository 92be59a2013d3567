import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { completeBundlingOptions } from "../../lib/constructs/bundling-options.ts";
import { Bundler } from "../../lib/bundle/bundler.ts";
import { reportOutcome } from "../../lib/bundle/outcome/report-outcome.ts";
import { Runtime } from "aws-cdk-lib/aws-lambda";
import { readZip } from "../helpers/read-zip.ts";

const HTTP = { requestContext: { http: { method: "GET" } } };
const CONTEXT = {
  invokedFunctionArn: "arn:aws:lambda:us-east-1:000000000000:function:list:live",
  awsRequestId: "request-1",
};
const STREAMING = Symbol.for("aws.lambda.runtime.handler.streaming");

let lines: Record<string, unknown>[];

beforeEach(() => {
  lines = [];
  vi.stubEnv("AWS_LAMBDA_FUNCTION_VERSION", "7");
  vi.spyOn(process.stdout, "write").mockImplementation((line) => {
    lines.push(JSON.parse(String(line)) as Record<string, unknown>);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  Reflect.deleteProperty(globalThis, "awslambda");
});

type Handler = (...input: unknown[]) => unknown;
const call = (handler: Handler, event: unknown = HTTP, ...more: unknown[]) =>
  reportOutcome(handler)(event, CONTEXT, ...more);

describe("a wrapped handler writes one line for each request", () => {
  test("in the embedded metric format, by function, alias and version", async () => {
    expect(await call(async () => ({ statusCode: 204 }))).toEqual({ statusCode: 204 });
    expect(lines).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: "Tidegate",
              Dimensions: [["FunctionName", "Resource", "ExecutedVersion"]],
              Metrics: [
                { Name: "ServerErrors", Unit: "Count" },
                { Name: "ClientErrors", Unit: "Count" },
                { Name: "Latency", Unit: "Milliseconds" },
              ],
            },
          ],
        },
        FunctionName: "list",
        Resource: "list:live",
        ExecutedVersion: "7",
        ServerErrors: 0,
        ClientErrors: 0,
        Latency: expect.any(Number),
        status: 204,
        requestId: "request-1",
      },
    ]);
  });

  test.each<[string, Handler, number, number, number]>([
    ["an answer of 500", async () => ({ statusCode: 500 }), 500, 1, 0],
    ["an answer of 404", async () => ({ statusCode: "404" }), 404, 0, 1],
    ["an answer without a status", async () => "hello", 200, 0, 0],
    ["an answer by value", () => ({ statusCode: 503 }), 503, 1, 0],
  ])("%s", async (_name, handler, status, ServerErrors, ClientErrors) => {
    await call(handler);
    expect(lines).toMatchObject([{ status, ServerErrors, ClientErrors }]);
  });

  test.each<[string, Handler]>([
    ["rejects", async () => Promise.reject(new Error("no"))],
    [
      "throws",
      () => {
        throw new Error("no");
      },
    ],
  ])("one that %s counts as 500, and fails as before", async (_name, handler) => {
    await expect((async () => call(handler))()).rejects.toThrow("no");
    expect(lines).toMatchObject([{ status: 500, ServerErrors: 1 }]);
  });

  test("one that calls back", () => {
    const answers: unknown[] = [];
    const handler = (_event: unknown, _context: unknown, callback: (error: unknown, answer?: unknown) => void) =>
      callback(null, { statusCode: 502 });
    call(handler as Handler, HTTP, (...answer: unknown[]) => answers.push(answer));
    expect(answers).toEqual([[null, { statusCode: 502 }]]);
    expect(lines).toMatchObject([{ status: 502, ServerErrors: 1 }]);
    expect(reportOutcome(handler)).toHaveLength(3);
  });

  test.each([
    ["the status of its prelude", { statusCode: 500 }, 500],
    ["200 without one", undefined, 200],
  ])("one that streams, with %s", async (_name, prelude, status) => {
    const responses: { from: (...input: object[]) => unknown } = { from: (stream) => stream };
    Object.assign(globalThis, { awslambda: { HttpResponseStream: responses } });
    const handler = Object.assign(
      async (_event: unknown, stream: object) => {
        if (prelude !== undefined) responses.from(stream, prelude);
      },
      { [STREAMING]: "response" },
    );
    const wrapped = reportOutcome(handler) as unknown as Handler;
    expect(Reflect.get(wrapped, STREAMING)).toBe("response");
    await wrapped(HTTP, {}, CONTEXT);
    expect(lines).toMatchObject([{ status }]);
  });

  test.each([
    ["a queue's event", { Records: [] }],
    ["an authoriser's event", { type: "REQUEST", requestContext: { http: {} } }],
    ["no event", null],
  ])("and none for %s", async (_name, event) => {
    await call(async () => ({ statusCode: 500 }), event);
    expect(lines).toEqual([]);
  });

  test("and leaves a value that is not a function alone", () => expect(reportOutcome("nonsense")).toBe("nonsense"));
});

describe("a package that reports its outcomes", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "tidegate-outcome-"));
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    writeFileSync(
      join(folder, "list.ts"),
      "export const list = async (event: object) => ({ statusCode: 500, event });",
    );
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function filesOf(outcomeOf?: string): Map<string, string> {
    const options = completeBundlingOptions({}, Runtime.NODEJS_24_X, folder, outcomeOf);
    const request = { entry: join(folder, "list.ts"), exportName: "list", options, constructPath: "App/List" };
    const outcome = new Bundler(folder).add(request).outcome();
    if ("failure" in outcome) throw new Error(outcome.failure.problems.join("\n"));
    return readZip(readFileSync(outcome.bundle.zipFile));
  }

  test("holds one small module more, and the same code and map", () => {
    const plain = filesOf();
    const reporting = filesOf("list");
    expect([...reporting.keys()].sort()).toEqual(["index.mjs", "index.mjs.map", "outcome.mjs"]);
    expect(reporting.get("index.mjs")).toBe(plain.get("index.mjs"));
    expect(reporting.get("index.mjs.map")).toBe(plain.get("index.mjs.map"));
    expect(reporting.get("outcome.mjs")!.length).toBeLessThan(2_500);
  });

  test("is called by the name of the entry's export", async () => {
    for (const [name, content] of filesOf("list")) writeFileSync(join(folder, name), content);
    const module = (await import(pathToFileURL(join(folder, "outcome.mjs")).href)) as { list: Handler };
    expect(await module.list(HTTP, CONTEXT)).toEqual({ statusCode: 500, event: HTTP });
    expect(lines).toMatchObject([{ ServerErrors: 1 }]);
  });
});
