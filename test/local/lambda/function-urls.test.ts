import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  InvokeCommand,
  LambdaClient,
  PublishVersionCommand,
  RemovePermissionCommand,
  UpdateFunctionUrlConfigCommand,
  type CreateFunctionUrlConfigCommandInput,
} from "@aws-sdk/client-lambda";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assumeNewRole, type RoleSession, signedBy } from "../../helpers/role-session.ts";
import { startLambda, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;

beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.cloud.stop());

async function open(
  name: string,
  code: string,
  config: Partial<CreateFunctionUrlConfigCommandInput> = {},
): Promise<string> {
  await fixture.make(name, code);
  const { FunctionUrl } = await fixture.lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: name, AuthType: "NONE", ...config }),
  );
  if (config.AuthType !== "AWS_IAM") await permit(name);
  return FunctionUrl ?? "";
}

/** Lets everyone call an open URL: this takes two statements. */
async function permit(FunctionName: string, Qualifier?: string): Promise<void> {
  const named = { FunctionName, Qualifier, Principal: "*" };
  const byUrl = { Action: "lambda:InvokeFunctionUrl", FunctionUrlAuthType: "NONE" } as const;
  await fixture.lambda.send(new AddPermissionCommand({ ...named, ...byUrl, StatementId: "url" }));
  const itself = { Action: "lambda:InvokeFunction", InvokedViaFunctionUrl: true };
  await fixture.lambda.send(new AddPermissionCommand({ ...named, ...itself, StatementId: "function" }));
}

describe("a function URL", () => {
  it("passes the request as payload 2.0", async () => {
    const url = await open("url-echo", "exports.handler = async (event) => event");
    const answer = await fetch(`${url}a%20b/c?x=1&x=2&y=%C3%A9`, {
      method: "POST",
      body: '{"hello":true}',
      headers: { "content-type": "application/json", "X-Custom": "yes", cookie: "a=1; b=2" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    const event = (await answer.json()) as Record<string, unknown>;
    expect(event).toMatchObject({
      version: "2.0",
      routeKey: "$default",
      rawPath: "/a%20b/c",
      rawQueryString: "x=1&x=2&y=%C3%A9",
      cookies: ["a=1", "b=2"],
      headers: { "x-custom": "yes", "content-type": "application/json", "x-forwarded-proto": "http" },
      queryStringParameters: { x: "1,2", y: "é" },
      requestContext: { accountId: "anonymous", http: { method: "POST", path: "/a%20b/c", sourceIp: "127.0.0.1" } },
      body: '{"hello":true}',
      isBase64Encoded: false,
    });
  });

  it("passes binary bodies as base64", async () => {
    const url = await open("url-binary", "exports.handler = async (event) => [event.isBase64Encoded, event.body]");
    const headers = { "content-type": "application/octet-stream" };
    const answer = await fetch(url, { method: "POST", body: Buffer.from([0, 255]), headers });
    expect(await answer.json()).toEqual([true, "AP8="]);
  });

  it("answers with the status, headers, cookies and body that the function names", async () => {
    const url = await open(
      "url-answer",
      `exports.handler = async () => ({ statusCode: 418, headers: { "X-Tea": "green" }, cookies: ["a=1", "b=2"],
        body: Buffer.from("hi").toString("base64"), isBase64Encoded: true })`,
    );
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get("x-tea"), await answer.text()]).toEqual([418, "green", "hi"]);
    expect(answer.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  });

  it.each([
    ["a text", '"hello"', "hello"],
    ["a number", "3", "3"],
    ["a list", '["hello", 3, true]', '["hello",3,true]'],
  ])("answers %s as the body", async (name, value, body) => {
    const url = await open(`url-${name.replaceAll(" ", "-")}`, `exports.handler = async () => (${value})`);
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get("content-type"), await answer.text()]).toEqual([
      200,
      "application/json",
      body,
    ]);
  });

  it("is reached by its host name too", async () => {
    const url = await open("url-host", "exports.handler = async (event) => event.rawPath");
    const id = /lambda-url\/([a-z0-9]+)\//.exec(url)?.[1];
    const { port } = new URL(url);
    const text = await new Promise<string>((resolve, reject) => {
      const headers = { host: `${id}.lambda-url.us-east-1.localhost:${port}` };
      const sending = request({ host: "127.0.0.1", port, path: "/deep/path", headers }, (response) => {
        response.setEncoding("utf8").on("data", resolve);
      });
      sending.on("error", reject).end();
    });
    expect(text).toBe("/deep/path");
  });

  it("hangs on an alias", async () => {
    const FunctionName = "url-alias";
    await fixture.make(FunctionName, "exports.handler = async (event, context) => context.invokedFunctionArn");
    await fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
    await fixture.lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
    const { FunctionUrl } = await fixture.lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName, Qualifier: "live", AuthType: "NONE" }),
    );
    await permit(FunctionName, "live");
    expect(await (await fetch(FunctionUrl ?? "")).text()).toMatch(/:function:url-alias:live$/);
  });

  it("streams, with status and headers from the prelude", async () => {
    const url = await open(
      "url-stream",
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        const out = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { "X-A": "b" } });
        out.write("one "); await new Promise((r) => setTimeout(r, 300)); out.write("two"); out.end();
      })`,
      { InvokeMode: "RESPONSE_STREAM" },
    );
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get("x-a")]).toEqual([201, "b"]);
    const arrivals: [string, number][] = [];
    const start = performance.now();
    for await (const chunk of answer.body ?? [])
      arrivals.push([Buffer.from(chunk).toString(), performance.now() - start]);
    expect(arrivals.map(([text]) => text).join("")).toBe("one two");
    expect(arrivals.at(-1)![1] - arrivals[0]![1]).toBeGreaterThan(200);
  });

  it("answers preflight requests and adds its CORS headers", async () => {
    const url = await open("url-cors", "exports.handler = async () => 1", {
      Cors: { AllowOrigins: ["https://a.example"], AllowMethods: ["PUT"], AllowHeaders: ["x-a"], MaxAge: 60 },
    });
    const origin = "https://a.example";
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "PUT" },
    });
    expect(preflight.headers.get("access-control-allow-origin")).toBe(origin);
    expect(preflight.headers.get("access-control-allow-methods")).toBe("PUT");
    expect(preflight.headers.get("access-control-max-age")).toBe("60");
    const foreign = await fetch(url, { headers: { origin: "https://b.example" } });
    expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("answers 502 when the function fails, and when its answer makes no response", async () => {
    const failing = await open("url-fails", "exports.handler = async () => { throw new Error('secret') }");
    const answer = await fetch(failing);
    expect([answer.status, await answer.text()]).toEqual([502, '{"Message":"Internal Server Error"}']);
    const odd = await open("url-odd", "exports.handler = async () => ({ statusCode: 'many' })");
    expect((await fetch(odd)).status).toBe(502);
  });

  it("fails without a permission to call it", async () => {
    await fixture.make("url-closed", "exports.handler = async () => 1");
    const { FunctionUrl } = await fixture.lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: "url-closed", AuthType: "NONE" }),
    );
    const answer = await fetch(FunctionUrl ?? "");
    expect(answer.status).toBe(403);
    expect(answer.headers.get("x-amzn-errortype")).toBe("AccessDeniedException");
    expect(await answer.json()).toMatchObject({ Message: expect.stringContaining("Forbidden") as string });
  });

  it.each(["url", "function"])("is closed where the policy's statement on the %s is missing", async (StatementId) => {
    const FunctionName = `url-without-${StatementId}`;
    const url = await open(FunctionName, "exports.handler = async () => 1");
    expect((await fetch(url)).status).toBe(200);
    await fixture.lambda.send(new RemovePermissionCommand({ FunctionName, StatementId }));
    expect((await fetch(url)).status).toBe(403);
  });

  describe("with IAM", () => {
    const resource = "arn:aws:lambda:us-east-1:000000000000:function:url-iam";
    const byUrl = { Effect: "Allow", Action: "lambda:InvokeFunctionUrl", Resource: resource };
    const itself = { Effect: "Allow", Action: "lambda:InvokeFunction", Resource: resource };
    const Condition = { Bool: { "lambda:InvokedViaFunctionUrl": "true" } };
    let url: string;
    let caller: RoleSession;
    const call = async (authorization?: string) => {
      const answer = await fetch(url, authorization === undefined ? {} : { headers: { authorization } });
      return { status: answer.status, body: await answer.json() };
    };

    beforeAll(async () => {
      const code = "exports.handler = async (event) => event.requestContext.authorizer";
      url = await open("url-iam", code, { AuthType: "AWS_IAM" });
      caller = await assumeNewRole(fixture.cloud, "url-caller");
    });

    it("is closed to requests without a signature, and to those signed for another service", async () => {
      expect((await call()).status).toBe(403);
      expect((await call(signedBy(caller.credentials, "execute-api"))).status).toBe(403);
    });

    it.each([
      ["without any permission", []],
      ["that may only invoke the URL", [byUrl]],
      ["that may only invoke the function", [itself]],
      ["that may invoke the function, and not its URL, otherwise", [{ ...byUrl, Condition }, itself]],
    ])("is closed to a role %s", async (_what, statements) => {
      await caller.allow({ Effect: "Allow", Action: "sns:Publish", Resource: "*" }, ...statements);
      expect(await call(signedBy(caller.credentials, "lambda"))).toEqual({
        status: 403,
        body: { Message: expect.stringMatching(/^Forbidden\. For troubleshooting Function URL authorization issues/) },
      });
    });

    it("is open to a role that may do both, and says who it is", async () => {
      await caller.allow(byUrl, { ...itself, Condition });
      const { roleArn: _role, sessionArn: userArn, userId, credentials } = caller;
      const { accessKeyId: accessKey } = credentials;
      expect(await call(signedBy(credentials, "lambda"))).toEqual({
        status: 200,
        body: {
          iam: {
            accessKey,
            accountId: "000000000000",
            callerId: userId,
            cognitoIdentity: null,
            principalOrgId: null,
            userArn,
            userId,
          },
        },
      });
      const direct = fixture.cloud.client(LambdaClient, { credentials });
      await expect(direct.send(new InvokeCommand({ FunctionName: "url-iam" }))).rejects.toMatchObject({
        name: "AccessDeniedException",
      });
    });
  });

  it("is configured, changed and deleted", async () => {
    const FunctionName = "url-crud";
    await open(FunctionName, "exports.handler = async () => 1");
    const changed = await fixture.lambda.send(
      new UpdateFunctionUrlConfigCommand({ FunctionName, InvokeMode: "RESPONSE_STREAM" }),
    );
    expect(changed).toMatchObject({ AuthType: "NONE", InvokeMode: "RESPONSE_STREAM" });
    await fixture.lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName }));
    await expect(fixture.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "The resource you requested does not exist.",
    });
  });
});

it("answers how it is invoked when it is made only where that was given, and always later", async () => {
  await fixture.make("mode", "exports.handler = async () => 1");
  const made = await fixture.lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: "mode", AuthType: "NONE" }),
  );
  expect(made.InvokeMode).toBeUndefined();
  const read = await fixture.lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: "mode" }));
  expect(read.InvokeMode).toBe("BUFFERED");
});
