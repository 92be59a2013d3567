import {
  UpdateRouteCommand,
  UpdateStageCommand,
  GetRoutesCommand,
  CreateDeploymentCommand,
  CreateRouteCommand,
} from "@aws-sdk/client-apigatewayv2";
import { CreateAliasCommand, PublishVersionCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { functionArn, startGateway, type GatewayFixture, type TestApi } from "./gateway-fixture.ts";

const ECHO = "exports.handler = async (event) => event";
/** The event as the body of a response, as format 1.0 wants one. */
const WRAP = "exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event) })";
/** Answers what the request's body says, as it is. */
const SAY = `exports.handler = async (event) => JSON.parse(Buffer.from(event.body, event.isBase64Encoded ? "base64" : "utf8"))`;

let fixture: GatewayFixture;
let api: TestApi;

beforeAll(async () => {
  fixture = await startGateway();
  await fixture.make("echo", ECHO);
  await fixture.make("wrap", WRAP);
  await fixture.make("say", SAY);
  await fixture.make("bad", `exports.handler = async () => { throw new Error("boom") }`);
  await fixture.make("slow", "exports.handler = () => new Promise((done) => setTimeout(done, 5000))", { Timeout: 10 });
  for (const name of ["echo", "wrap", "say", "bad", "slow"]) await fixture.permit(name);
  api = await fixture.newApi();
  await api.lambdaRoute("GET /pets", "echo");
  await api.lambdaRoute("GET /pets/{id}", "echo");
  await api.lambdaRoute("ANY /files/{path+}", "echo");
  await api.lambdaRoute("POST /v1", "wrap", { integration: { PayloadFormatVersion: "1.0" } });
  await api.lambdaRoute("GET /v1/{id}", "wrap", { integration: { PayloadFormatVersion: "1.0" } });
  await api.lambdaRoute("POST /say", "say");
  await api.lambdaRoute("POST /say1", "say", { integration: { PayloadFormatVersion: "1.0" } });
  await api.lambdaRoute("POST /echo", "echo");
  await api.lambdaRoute("GET /bad", "bad");
  await api.lambdaRoute("GET /slow", "slow", { integration: { TimeoutInMillis: 200 } });
  await api.stage("$default", { StageVariables: { color: "blue" } });
  await api.stage("dev");
});
afterAll(() => fixture.cloud.stop());

describe("payload format 2.0", () => {
  test("is AWS's, member by member", async () => {
    const answer = await api.call("/pets/a%20b?x=1&y=%C3%A4&x=2", {
      headers: { "X-Twice": ["one", "two"], cookie: "a=1; b=2", "user-agent": "test/1" },
    });
    const { headers, requestContext, ...event } = answer.json as Record<string, Record<string, unknown>>;
    expect(event).toEqual({
      version: "2.0",
      routeKey: "GET /pets/{id}",
      rawPath: "/pets/a b",
      rawQueryString: "x=1&y=%C3%A4&x=2",
      cookies: ["a=1", "b=2"],
      queryStringParameters: { x: "1,2", y: "ä" },
      pathParameters: { id: "a b" },
      stageVariables: { color: "blue" },
      isBase64Encoded: false,
    });
    expect(headers).toEqual({
      "content-length": "0",
      host: `127.0.0.1:${fixture.cloud.port}`,
      "user-agent": "test/1",
      "x-amzn-trace-id": expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/) as string,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-port": String(fixture.cloud.port),
      "x-forwarded-proto": "http",
      "x-twice": "one,two",
    });
    expect(requestContext).toEqual({
      accountId: "000000000000",
      apiId: api.id,
      domainName: `${api.id}.execute-api.us-east-1.localhost:${fixture.cloud.port}`,
      domainPrefix: api.id,
      http: { method: "GET", path: "/pets/a b", protocol: "HTTP/1.1", sourceIp: "127.0.0.1", userAgent: "test/1" },
      requestId: expect.stringMatching(/^[A-Za-z0-9+/]{15}=$/) as string,
      routeKey: "GET /pets/{id}",
      stage: "$default",
      time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/) as string,
      timeEpoch: expect.any(Number) as number,
    });
    expect(answer.headers).toMatchObject({
      "content-type": "application/json",
      "apigw-requestid": requestContext!["requestId"],
    });
  });

  test("leaves out what a request has not", async () => {
    const { json } = await api.call("/pets");
    for (const name of ["cookies", "queryStringParameters", "pathParameters", "body"])
      expect(json).not.toHaveProperty(name);
    expect(json["rawQueryString"]).toBe("");
  });

  test.each([
    ["application/json", false],
    ["text/html; charset=utf-8", false],
    ["application/xml", false],
    ["application/x-www-form-urlencoded", true],
    ["application/octet-stream", true],
    ["application/problem+json", true],
    [undefined, true],
  ])("encodes a body of %s: %s", async (type, encoded) => {
    const body = "a=1&b=ü";
    const { json } = await api.call("/echo", {
      method: "POST",
      body,
      headers: type === undefined ? {} : { "content-type": type },
    });
    expect(json["isBase64Encoded"]).toBe(encoded);
    expect(Buffer.from(json["body"] as string, encoded ? "base64" : "utf8").toString()).toBe(body);
  });
});

describe("payload format 1.0", () => {
  test("is AWS's, member by member", async () => {
    const { json } = await api.call("/v1?a=1&a=2", {
      method: "POST",
      body: "hello",
      headers: { "content-type": "text/plain", "X-Twice": ["one", "two"] },
    });
    const { headers, multiValueHeaders, requestContext, ...event } = json as Record<string, Record<string, unknown>>;
    expect(event).toEqual({
      version: "1.0",
      resource: "/v1",
      path: "/v1",
      httpMethod: "POST",
      queryStringParameters: { a: "2" },
      multiValueQueryStringParameters: { a: ["1", "2"] },
      pathParameters: null,
      stageVariables: { color: "blue" },
      body: "hello",
      isBase64Encoded: false,
    });
    expect(headers).toMatchObject({ "x-twice": "two", "content-type": "text/plain" });
    expect(multiValueHeaders).toMatchObject({ "x-twice": ["one", "two"] });
    expect(requestContext).toMatchObject({
      httpMethod: "POST",
      identity: { sourceIp: "127.0.0.1", accountId: null, userArn: null },
      path: "/v1",
      requestTimeEpoch: expect.any(Number) as number,
      resourceId: "POST /v1",
      resourcePath: "/v1",
      stage: "$default",
    });
  });

  test("has null where a request has nothing", async () => {
    const { json } = await api.call("/v1/7");
    expect(json).toMatchObject({
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      pathParameters: { id: "7" },
      body: null,
    });
  });
});

describe("a function's response", () => {
  const say = (value: unknown, path = "/say") =>
    api.call(path, { method: "POST", body: JSON.stringify(value), headers: { "content-type": "application/json" } });

  test("of format 2.0 says status, headers, cookies and bytes", async () => {
    const answer = await say({
      statusCode: 201,
      headers: { "Content-Type": "image/png", "X-Number": 7, "X-Flag": true },
      cookies: ["a=1; HttpOnly", "b=2"],
      body: Buffer.from([0, 255, 1]).toString("base64"),
      isBase64Encoded: true,
    });
    expect(answer.status).toBe(201);
    expect([...answer.bytes]).toEqual([0, 255, 1]);
    expect(answer.headers).toMatchObject({
      "content-type": "image/png",
      "x-number": "7",
      "x-flag": "true",
      "set-cookie": ["a=1; HttpOnly", "b=2"],
      "content-length": "3",
    });
  });

  test.each([
    [{ message: "hi" }, '{"message":"hi"}'],
    ["hi", '"hi"'],
    [[1, 2], "[1,2]"],
    [null, "null"],
  ])("of format 2.0 without a status is the body of a 200: %j", async (value, text) => {
    const answer = await say(value);
    expect([answer.status, answer.headers["content-type"], answer.text]).toEqual([200, "application/json", text]);
  });

  test("is plain text where it says no type", async () => {
    const answer = await say({ statusCode: 200, body: "hi" });
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8");
  });

  test("of format 1.0 takes headers of many values", async () => {
    const answer = await say(
      {
        statusCode: 200,
        headers: { "x-one": "single", "x-two": "ignored" },
        multiValueHeaders: { "Set-Cookie": ["a=1", "b=2"], "X-Two": ["1", "2"] },
        body: "ok",
      },
      "/say1",
    );
    expect(answer.headers).toMatchObject({ "set-cookie": ["a=1", "b=2"], "x-one": "single", "x-two": "1, 2" });
  });

  test.each([
    ["/say1", { message: "no status" }],
    ["/say1", "text"],
    ["/say", { statusCode: "abc" }],
    ["/say", { statusCode: 200, body: { an: "object" } }],
    ["/say", { statusCode: 200, headers: { a: ["list"] } }],
    ["/say", { statusCode: 200, headers: { "bad name": "x" } }],
    ["/say", { statusCode: 200, headers: { a: "line\nbreak" } }],
  ])("fails when it is not valid: %s %j", async (path, value) => {
    const answer = await say(value, path);
    expect([answer.status, answer.text]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  test("fails when the function fails", async () => {
    const answer = await api.call("/bad");
    expect([answer.status, answer.text]).toEqual([500, '{"message":"Internal Server Error"}']);
  });

  test("fails when it comes too late", async () => {
    const answer = await api.call("/slow");
    expect([answer.status, answer.text]).toEqual([503, '{"message":"Service Unavailable"}']);
  });
});

describe("addresses", () => {
  test("an API is also served under its own host", async () => {
    for (const host of [`${api.id}.execute-api.localhost`, `${api.id}.execute-api.us-east-1.localhost`]) {
      const answer = await api.call("/pets", { host: `${host}:${fixture.cloud.port}` });
      expect(answer.json).toMatchObject({ rawPath: "/pets", requestContext: { domainPrefix: api.id } });
    }
    const elsewhere = await api.call("/pets", {
      host: `${api.id}.execute-api.eu-west-1.localhost:${fixture.cloud.port}`,
    });
    expect(elsewhere.status).toBe(404);
  });

  test("a named stage precedes the path, and is in it", async () => {
    const answer = await api.call("/dev/pets/1");
    expect(answer.json).toMatchObject({
      rawPath: "/dev/pets/1",
      pathParameters: { id: "1" },
      requestContext: { stage: "dev", http: { path: "/dev/pets/1" } },
    });
  });

  test("greedy variables take the rest of the path", async () => {
    const answer = await api.call("/files/a/b%20c/d", { method: "PUT" });
    expect(answer.json["pathParameters"]).toEqual({ path: "a/b c/d" });
  });

  test.each(["/nothing", "/pets/", "/pets/1/2", "/"])("fails when no route takes %s", async (path) => {
    const answer = await api.call(path);
    expect([answer.status, answer.text]).toEqual([404, '{"message":"Not Found"}']);
  });

  test("fails when the API is not there", async () => {
    const answer = await api.call("/pets", { host: `nothing1.execute-api.localhost:${fixture.cloud.port}` });
    expect(answer.status).toBe(404);
  });
});

describe("a deployment", () => {
  test("is what a stage without AutoDeploy serves, until the next one", async () => {
    const own = await fixture.newApi();
    await own.lambdaRoute("GET /one", "echo");
    await own.stage("$default", { AutoDeploy: false });
    expect((await own.call("/one")).status).toBe(404);
    await fixture.api.send(new CreateDeploymentCommand({ ApiId: own.id, StageName: "$default" }));
    await own.lambdaRoute("GET /two", "echo");
    expect([(await own.call("/one")).status, (await own.call("/two")).status]).toEqual([200, 404]);
    await fixture.api.send(new CreateDeploymentCommand({ ApiId: own.id, StageName: "$default" }));
    expect((await own.call("/two")).status).toBe(200);
  });

  test("stays when AutoDeploy is switched off", async () => {
    const own = await fixture.newApi();
    await own.lambdaRoute("GET /one", "echo");
    await own.stage("$default");
    expect((await own.call("/one")).status).toBe(200);
    await fixture.api.send(new UpdateStageCommand({ ApiId: own.id, StageName: "$default", AutoDeploy: false }));
    const { Items } = await fixture.api.send(new GetRoutesCommand({ ApiId: own.id }));
    await fixture.api.send(
      new UpdateRouteCommand({ ApiId: own.id, RouteId: Items![0]!.RouteId, RouteKey: "GET /three" }),
    );
    expect([(await own.call("/one")).status, (await own.call("/three")).status]).toEqual([200, 404]);
  });
});

describe("a function behind an API", () => {
  test("fails when it does not permit API Gateway, or not this route of it", async () => {
    await fixture.make("closed", ECHO);
    const own = await fixture.newApi();
    await own.lambdaRoute("GET /a", "closed");
    await own.lambdaRoute("ANY /b/{id}", "closed");
    await own.lambdaRoute("$default", "closed");
    await own.stage("$default");
    const statuses = async () => Promise.all(["/a", "/b/1", "/c"].map(async (path) => (await own.call(path)).status));
    expect(await statuses()).toEqual([500, 500, 500]);
    const arn = (end: string) => `arn:aws:execute-api:us-east-1:000000000000:${own.id}/${end}`;
    await fixture.permit("closed", arn("*/GET/a"));
    expect(await statuses()).toEqual([200, 500, 500]);
    await fixture.permit("closed", arn("*/*/b/{id}"));
    expect(await statuses()).toEqual([200, 200, 500]);
    await fixture.permit("closed", arn("*/$default"));
    expect(await statuses()).toEqual([200, 200, 200]);
  });

  test("is called at the alias that the integration names", async () => {
    await fixture.make("versioned", "exports.handler = async (event, context) => context.functionVersion");
    await fixture.lambda.send(new PublishVersionCommand({ FunctionName: "versioned" }));
    await fixture.lambda.send(
      new CreateAliasCommand({ FunctionName: "versioned", Name: "live", FunctionVersion: "1" }),
    );
    const own = await fixture.newApi();
    await own.lambdaRoute("GET /", "versioned", {
      integration: {
        IntegrationUri: `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn("versioned")}:\${stageVariables.alias}/invocations`,
      },
    });
    await own.stage("$default", { StageVariables: { alias: "live" } });
    await fixture.permit("versioned");
    expect((await own.call("/")).status).toBe(500);
    await fixture.permit("versioned:live");
    expect((await own.call("/")).text).toBe('"1"');
  });
});

test("fails when a body is larger than ten megabytes", async () => {
  const body = Buffer.alloc(10 * 1024 * 1024 + 1);
  const answer = await api.call("/echo", { method: "POST", body });
  expect([answer.status, answer.text]).toEqual([413, '{"message":"Request Entity Too Large"}']);
});

test("a route that was deployed without a target answers an error", async () => {
  const own = await fixture.newApi();
  await fixture.api.send(new CreateRouteCommand({ ApiId: own.id, RouteKey: "GET /" }));
  await own.stage("$default");
  expect((await own.call("/")).status).toBe(500);
});
