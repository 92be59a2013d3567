import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startRuntime, type RuntimeFixture } from "./runtime-fixture.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
let runtime: RuntimeFixture;

beforeAll(() => {
  runtime = startRuntime();
});
afterAll(() => runtime.stop());

const python = (code: string, more = {}) =>
  runtime.spec({ "app/index.py": code }, { runtime: "python3.12", handler: "app/index.handler", ...more });

describe.runIf(hasPython)("the Python runtime", () => {
  it("runs a handler in a folder with event and context", async () => {
    const spec = python(`
def handler(event, context):
    return {"event": event, "name": context.function_name, "memory": context.memory_limit_in_mb,
            "arn": context.invoked_function_arn, "left": context.get_remaining_time_in_millis() > 4000}
`);
    expect((await runtime.run(spec, { text: "é" })).payload).toEqual({
      event: { text: "é" },
      name: "f",
      memory: "256",
      arn: "arn:aws:lambda:us-east-1:000000000000:function:f",
      left: true,
    });
    expect((await runtime.run(spec, { n: 2 })).payload).toMatchObject({ event: { n: 2 } });
  });

  it("reports what the handler raised, as AWS does", async () => {
    const { payload, errorType } = await runtime.run(
      python("def handler(event, context):\n    raise ValueError('Handler fails')\n"),
    );
    expect(errorType).toBe("ValueError");
    expect(payload).toEqual({
      errorMessage: "Handler fails",
      errorType: "ValueError",
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      stackTrace: [
        expect.stringMatching(/^ {2}File ".*app\/index.py", line 2, in handler\n {4}raise ValueError/) as string,
      ],
    });
  });

  it.each([
    ["the module is missing", { handler: "nothing.handler" }, "Runtime.ImportModuleError"],
    ["the function is missing", { handler: "app/index.other" }, "Runtime.HandlerNotFound"],
    ["the name has no dot", { handler: "handler" }, "Runtime.MalformedHandlerName"],
  ])("fails when %s", async (_case, more, errorType) => {
    expect((await runtime.run(python("def handler(e, c): pass", more))).errorType).toBe(errorType);
  });

  it("fails when the process exits", async () => {
    const spec = python("import sys\ndef handler(event, context):\n    sys.exit(0)\n");
    expect((await runtime.run(spec)).payload).toMatchObject({
      errorType: "Runtime.ExitError",
      errorMessage: expect.stringMatching(/Runtime exited without providing a reason$/) as string,
    });
  });

  it("logs prints and log records", async () => {
    runtime.lines.length = 0;
    await runtime.run(
      python(
        "import logging\ndef handler(event, context):\n    print('printed')\n    logging.warning('two\\nlines')\n",
      ),
    );
    const id = /START RequestId: (\S+)/.exec(runtime.lines.join(""))?.[1];
    expect(runtime.lines).toContain("printed\n");
    expect(runtime.lines.find((line) => line.startsWith("[WARNING]"))).toMatch(
      new RegExp(`^\\[WARNING\\]\t[\\d:T.-]+Z\t${id}\ttwo\nlines\n$`),
    );
  });

  it("brings a custom resource's answer to the endpoint", async () => {
    const got: string[] = [];
    const server = createServer((request, response) => {
      request.resume().on("end", () => response.end("ok"));
      got.push(`${request.method} ${request.url} ${request.headers.host}`);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const code = `
import urllib.request
def handler(event, context):
    url = "https://cfn-response.tidegate.internal/_tidegate/cfn-response/t"
    request = urllib.request.Request(url, data=b"{}", method="PUT")
    return urllib.request.urlopen(request).read().decode()
`;
    expect((await runtime.run(python(code, { endpoint }))).payload).toBe("ok");
    server.close();
    expect(got).toEqual([`PUT /_tidegate/cfn-response/t ${endpoint.slice("http://".length)}`]);
  });
});

describe("a provided runtime", () => {
  it("runs the bundle's own bootstrap by the Runtime API", async () => {
    const bootstrap = `#!/usr/bin/env node
      const base = "http://" + process.env.AWS_LAMBDA_RUNTIME_API + "/2018-06-01/runtime/invocation/";
      (async () => {
        for (;;) {
          const next = await fetch(base + "next");
          const id = next.headers.get("lambda-runtime-aws-request-id");
          const event = await next.json();
          await fetch(base + id + "/response", { method: "POST", body: JSON.stringify({ event, handler: process.env._HANDLER }) });
        }
      })();`;
    const spec = runtime.spec({ bootstrap }, { runtime: "provided.al2023", handler: "mine" });
    expect((await runtime.run(spec, { a: 1 })).payload).toEqual({ event: { a: 1 }, handler: "mine" });
  });

  it("fails when there is no bootstrap", async () => {
    const spec = runtime.spec({ "readme.txt": "-" }, { runtime: "provided.al2023" });
    expect((await runtime.run(spec)).payload).toMatchObject({
      errorType: "Runtime.InvalidEntrypoint",
      errorMessage: expect.stringContaining("Couldn't find valid bootstrap(s)") as string,
    });
  });
});
