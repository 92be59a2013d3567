import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRuntime, type RuntimeFixture } from "./runtime-fixture.ts";

let runtime: RuntimeFixture;

beforeAll(() => {
  runtime = startRuntime();
});
afterAll(() => runtime.stop());

const answerOf = async (files: Record<string, string>, more = {}) =>
  (await runtime.run(runtime.spec(files, more))).payload;

describe("the Node runtime finds the handler", () => {
  it.each([
    ["in CommonJS", { "index.js": "exports.handler = async () => 'cjs'" }, "index.handler", "cjs"],
    ["in .cjs", { "index.cjs": "exports.handler = async () => 'cjs'" }, "index.handler", "cjs"],
    ["in .mjs", { "index.mjs": "export const handler = async () => 'mjs'" }, "index.handler", "mjs"],
    [
      "in a package of type module",
      { "index.js": "export const handler = async () => 'esm'", "package.json": '{"type":"module"}' },
      "index.handler",
      "esm",
    ],
    ["in a folder", { "src/deep/app.js": "exports.run = async () => 'deep'" }, "src/deep/app.run", "deep"],
    [
      "below an export",
      { "index.js": "exports.api = { get: { handler: async () => 'nested' } }" },
      "index.api.get.handler",
      "nested",
    ],
    [
      "after top-level await",
      { "index.mjs": "const v = await Promise.resolve('tla'); export const handler = async () => v" },
      "index.handler",
      "tla",
    ],
    [
      "in a package of the bundle",
      { "node_modules/pkg/index.js": "exports.handler = async () => 'pkg'" },
      "pkg.handler",
      "pkg",
    ],
  ])("%s", async (_case, files, handler, answer) => {
    expect(await answerOf(files as Record<string, string>, { handler })).toBe(answer);
  });
});

describe("a handler answers", () => {
  it.each([
    ["by promise", "async () => 1", 1],
    ["with nothing, which is null", "async () => {}", null],
    ["by callback", "(event, context, callback) => callback(null, 2)", 2],
    [
      "by callback before the event loop is empty, when set so",
      "(event, context, callback) => { context.callbackWaitsForEmptyEventLoop = false; setInterval(() => {}, 1000); callback(null, 3) }",
      3,
    ],
    ["by context.succeed", "(event, context) => { context.succeed(4) }", 4],
    ["null when it never does and nothing is left to run", "() => new Promise(() => {})", null],
  ])("%s", async (_case, code, answer) => {
    expect(await answerOf({ "index.js": `exports.handler = ${code}` })).toBe(answer);
  });

  it("by callback only when the event loop is empty, unless set otherwise", async () => {
    const code = "(event, context, callback) => { setTimeout(() => {}, 300); callback(null, 'late') }";
    const { payload, durationMs } = await runtime.run(runtime.spec({ "index.js": `exports.handler = ${code}` }));
    expect(payload).toBe("late");
    expect(durationMs).toBeGreaterThan(280);
  });

  it("fails with a callback's error", async () => {
    const code = "(event, context, callback) => callback(new RangeError('by callback'))";
    expect(await answerOf({ "index.js": `exports.handler = ${code}` })).toMatchObject({
      errorType: "RangeError",
      errorMessage: "by callback",
    });
  });

  it("fails with a value that is not an error", async () => {
    expect(await answerOf({ "index.js": "exports.handler = async () => { throw 'text' }" })).toEqual({
      errorType: "string",
      errorMessage: "text",
      trace: [],
    });
  });

  it("fails by callback from Node 24 on, as on AWS", async () => {
    const files = { "index.js": "exports.handler = (event, context, callback) => callback(null, 1)" };
    expect(await answerOf(files, { runtime: "nodejs24.x" })).toMatchObject({
      errorType: "Runtime.CallbackHandlerDeprecated",
    });
  });
});

describe("the environment of a function", () => {
  it("is AWS's, then the user's, and nothing of this machine's", async () => {
    process.env["SECRET_OF_THE_MACHINE"] = "do not leak";
    const spec = runtime.spec(
      { "index.js": "exports.handler = async () => ({ ...process.env, cwd: process.cwd() })" },
      { environment: { MINE: "1", TZ: "Europe/Berlin" } },
    );
    const environment = (await runtime.run(spec)).payload as Record<string, string>;
    expect(environment).toMatchObject({
      AWS_REGION: "us-east-1",
      AWS_DEFAULT_REGION: "us-east-1",
      AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x",
      AWS_LAMBDA_FUNCTION_NAME: "f",
      AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
      AWS_LAMBDA_LOG_GROUP_NAME: "/aws/lambda/f",
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "ASIALOCAL",
      LAMBDA_TASK_ROOT: spec.codeFolder,
      _HANDLER: "index.handler",
      _X_AMZN_TRACE_ID: "Root=1-0-0",
      MINE: "1",
      TZ: "Europe/Berlin",
      cwd: spec.codeFolder,
    });
    expect(environment["AWS_LAMBDA_LOG_STREAM_NAME"]).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(environment["SECRET_OF_THE_MACHINE"]).toBeUndefined();
    expect(environment["_LAMBDA_TELEMETRY_LOG_FD"]).toBeUndefined();
  });
});

describe("log lines", () => {
  it("carry time, request id and level, and keep their line ends", async () => {
    runtime.lines.length = 0;
    await answerOf({
      "index.js": "exports.handler = async () => { console.warn('a\\nb', { c: 1 }); console.error('e') }",
    });
    const id = /START RequestId: (\S+)/.exec(runtime.lines.join(""))?.[1];
    expect(runtime.lines.find((line) => line.includes("WARN"))).toMatch(
      new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z\t${id}\tWARN\ta\nb { c: 1 }\n$`),
    );
    expect(runtime.lines.some((line) => line.includes(`\t${id}\tERROR\te\n`))).toBe(true);
  });

  it("are JSON when asked for, from the asked level on", async () => {
    runtime.lines.length = 0;
    const logging = { format: "JSON", group: "g", applicationLevel: "WARN", systemLevel: "INFO" };
    const code =
      "exports.handler = async () => { console.info('no'); console.warn({ a: 1 }); console.error('x', new TypeError('t')) }";
    await answerOf({ "index.js": code }, { logging });
    const records = runtime.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(records.map((record) => record["type"] ?? record["level"])).toEqual([
      "platform.initStart",
      "platform.start",
      "WARN",
      "ERROR",
      "platform.report",
    ]);
    expect(records[2]).toMatchObject({ level: "WARN", message: { a: 1 } });
    expect(records[3]).toMatchObject({ level: "ERROR", errorType: "TypeError", errorMessage: "t" });
    expect(records[4]).toMatchObject({ record: { status: "success", metrics: { memorySizeMB: 256 } } });
  });
});

describe("a custom resource's answer", () => {
  it("reaches the endpoint, by https.request, by its named import, and by fetch", async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      request.on("end", () => {
        got.push(`${request.method} ${request.url} ${body} ${request.headers.host}`);
        response.end();
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const host = "cfn-response.tidegate.internal";
    const send = (call: string) => `await new Promise((done, fail) => {
      const sent = ${call}({ hostname: "${host}", path: "/_tidegate/cfn-response/t?x=1", method: "PUT", headers: { "content-type": "", "content-length": 2 } }, done);
      sent.on("error", fail); sent.end("hi") })`;
    await answerOf(
      { "index.js": `exports.handler = async () => { ${send('require("https").request')} }` },
      { endpoint },
    );
    await answerOf(
      {
        "index.mjs": `import { request } from "node:https"; export const handler = async () => { ${send("request")} }`,
      },
      { endpoint },
    );
    await answerOf(
      {
        "index.js": `exports.handler = async () => { await fetch("https://${host}/_tidegate/cfn-response/t?x=1", { method: "PUT", body: "hi" }) }`,
      },
      { endpoint },
    );
    server.close();
    expect(got).toEqual(Array(3).fill(`PUT /_tidegate/cfn-response/t?x=1 hi ${endpoint.slice("http://".length)}`));
  });

  it("leaves other hosts alone", async () => {
    const code = `exports.handler = async () => new Promise((done) => require("https").get("https://127.0.0.1:1/", () => done("?")).on("error", (e) => done(e.code)))`;
    expect(await answerOf({ "index.js": code })).toBe("ECONNREFUSED");
  });
});

describe("stack traces", () => {
  it("name the original source when the bundle has a map", async () => {
    const map = { version: 3, sources: ["original.ts"], names: [], mappings: "AAAA", file: "index.js" };
    const answer = await answerOf({
      "index.js": "exports.handler = async () => { throw new Error('mapped') };\n//# sourceMappingURL=index.js.map",
      "index.js.map": JSON.stringify(map),
    });
    expect((answer as { trace: string[] }).trace.join("\n")).toContain("original.ts");
  });
});
