import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import {
  type CreateConnectionCommandInput,
  CreateConnectionCommand,
  EventBridgeClient,
} from "@aws-sdk/client-eventbridge";
import { SendTaskSuccessCommand } from "@aws-sdk/client-sfn";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { Machines } from "./machine.ts";

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

interface Reply {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

let cloud: TestCloud;
let machines: Machines;
let events: EventBridgeClient;
let server: Server;
let endpoint: string;
let requests: Request[];
let replies: Reply[];

beforeAll(async () => {
  cloud = await startTestCloud();
  machines = new Machines(cloud);
  events = cloud.client(EventBridgeClient);
  server = createServer(async (request, response) => {
    requests.push({ method: request.method!, url: request.url!, headers: request.headers, body: await text(request) });
    const {
      status,
      body = "{}",
      headers = { "content-type": "application/json" },
    } = replies.shift() ?? { status: 200 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

beforeEach(() => {
  requests = [];
  replies = [];
});

afterAll(async () => {
  await cloud.stop();
  server.closeAllConnections();
  server.close();
});

const task = (resource: string, Parameters: object) => ({
  Call: { Type: "Task", Resource: `arn:aws:states:::${resource}`, Parameters, End: true },
});

let count = 0;

async function connect(input: Partial<CreateConnectionCommandInput>): Promise<string> {
  const { ConnectionArn } = await events.send(
    new CreateConnectionCommand({
      Name: `connection-${count++}`,
      AuthorizationType: "BASIC",
      AuthParameters: { BasicAuthParameters: { Username: "anna", Password: "secret" } },
      ...input,
    }),
  );
  return ConnectionArn!;
}

describe("http:invoke", () => {
  test("sends the task's request with the connection's credentials, and answers what came back", async () => {
    replies = [{ status: 201, body: '{"id":7}', headers: { "content-type": "application/json", "x-mark": "a" } }];
    const { output } = await machines.run(
      task("http:invoke", {
        ApiEndpoint: `${endpoint}/orders?fixed=1`,
        Method: "POST",
        InvocationConfig: { ConnectionArn: await connect({}) },
        Headers: { "x-own": "b" },
        QueryParameters: { tag: ["x", "y"] },
        RequestBody: { item: "tea" },
      }),
    );
    expect(output).toMatchObject({
      ResponseBody: { id: 7 },
      StatusCode: 201,
      StatusText: "Created",
      Headers: { "x-mark": ["a"] },
    });
    const [request] = requests;
    expect(request).toMatchObject({ method: "POST", url: "/orders?fixed=1&tag=x&tag=y", body: '{"item":"tea"}' });
    expect(request!.headers).toMatchObject({
      authorization: `Basic ${Buffer.from("anna:secret").toString("base64")}`,
      "content-type": "application/json",
      range: "bytes=0-262144",
      "user-agent": "Amazon|StepFunctions|HttpInvoke|us-east-1",
      "x-own": "b",
    });
  });

  test("takes a key, and the connection's parameters, which win", async () => {
    const arn = await connect({
      AuthorizationType: "API_KEY",
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: "x-key", ApiKeyValue: "k" },
        InvocationHttpParameters: {
          QueryStringParameters: [{ Key: "who", Value: "connection" }],
          BodyParameters: [{ Key: "tenant", Value: "t" }],
        },
      },
    });
    await machines.run(
      task("http:invoke", {
        ApiEndpoint: endpoint,
        Method: "PUT",
        Authentication: { ConnectionArn: arn },
        QueryParameters: { who: "task" },
        RequestBody: { a: 1 },
      }),
    );
    expect(requests[0]).toMatchObject({ url: "/?who=connection", body: '{"a":1,"tenant":"t"}' });
    expect(requests[0]!.headers["x-key"]).toBe("k");
  });

  test("requests a token with client credentials", async () => {
    const arn = await connect({
      AuthorizationType: "OAUTH_CLIENT_CREDENTIALS",
      AuthParameters: {
        OAuthParameters: {
          AuthorizationEndpoint: `${endpoint}/token`,
          HttpMethod: "POST",
          ClientParameters: { ClientID: "id", ClientSecret: "s" },
        },
      },
    });
    replies = [{ status: 200, body: '{"access_token":"t-1"}' }];
    const call = { ApiEndpoint: `${endpoint}/in`, Method: "GET", InvocationConfig: { ConnectionArn: arn } };
    expect(await machines.run(task("http:invoke", call))).toMatchObject({ status: "SUCCEEDED" });
    expect(requests.map(({ url }) => url)).toEqual(["/token", "/in"]);
    expect(requests[1]!.headers.authorization).toBe("Bearer t-1");
  });

  test.each([
    ["INDICES", "a%5B0%5D=1&a%5B1%5D=2&b%5Bc%5D=x"],
    ["BRACKETS", "a%5B%5D=1&a%5B%5D=2&b%5Bc%5D=x"],
    ["REPEAT", "a=1&a=2&b%5Bc%5D=x"],
    ["COMMAS", "a=1%2C2&b%5Bc%5D=x"],
  ])("writes a form, with lists as %s", async (ArrayFormat, body) => {
    await machines.run(
      task("http:invoke", {
        ApiEndpoint: endpoint,
        Method: "POST",
        InvocationConfig: { ConnectionArn: await connect({}) },
        Headers: { "content-type": "application/x-www-form-urlencoded" },
        RequestBody: { a: [1, 2], b: { c: "x" } },
        Transform: { RequestBodyEncoding: "URL_ENCODED", RequestEncodingOptions: { ArrayFormat } },
      }),
    );
    expect(requests[0]).toMatchObject({ body });
    expect(requests[0]!.headers["content-type"]).toBe("application/x-www-form-urlencoded");
  });

  test("fails by the status, and is tried again by its name", async () => {
    const call = {
      ApiEndpoint: endpoint,
      Method: "GET",
      InvocationConfig: { ConnectionArn: await connect({}) },
    };
    replies = [{ status: 404, body: "no such order", headers: { "content-type": "text/plain" } }];
    expect(await machines.run(task("http:invoke", call))).toMatchObject({
      status: "FAILED",
      error: "States.Http.StatusCode.404",
      cause: "no such order",
    });
    replies = [{ status: 503 }, { status: 200, body: '"well"' }];
    const { Call } = task("http:invoke", call);
    const Retry = [{ ErrorEquals: ["States.Http.StatusCode.503"], IntervalSeconds: 1 }];
    expect(await machines.run({ Call: { ...Call, Retry } })).toMatchObject({ output: { ResponseBody: "well" } });
  });

  test("fails when nothing listens, without a connection, and without an address", async () => {
    const InvocationConfig = { ConnectionArn: await connect({}) };
    const nobody = { ApiEndpoint: "http://127.0.0.1:9/", Method: "GET", InvocationConfig };
    expect(await machines.run(task("http:invoke", nobody))).toMatchObject({ error: "States.Http.Socket" });
    const unknown = { ConnectionArn: "arn:aws:events:us-east-1:000000000000:connection/none/1" };
    expect(await machines.run(task("http:invoke", { ...nobody, InvocationConfig: unknown }))).toMatchObject({
      error: "Events.ResourceNotFoundException",
    });
    const bare = { ApiEndpoint: endpoint, Method: "GET" };
    expect(await machines.run(task("http:invoke", bare))).toMatchObject({ error: "States.Runtime" });
    expect(await machines.run(task("http:invoke", { ...nobody, ApiEndpoint: "orders" }))).toMatchObject({
      error: "States.Runtime",
      cause: expect.stringContaining("https://") as string,
    });
  });
});

describe("apigateway:invoke", () => {
  let id: string;

  beforeAll(async () => {
    const apis = cloud.client(ApiGatewayV2Client);
    const { ApiId } = await apis.send(new CreateApiCommand({ Name: "orders", ProtocolType: "HTTP" }));
    id = ApiId!;
    for (const StageName of ["$default", "test"]) {
      await apis.send(new CreateStageCommand({ ApiId: id, StageName, AutoDeploy: true }));
    }
    const { IntegrationId } = await apis.send(
      new CreateIntegrationCommand({
        ApiId: id,
        IntegrationType: "HTTP_PROXY",
        IntegrationMethod: "ANY",
        IntegrationUri: `${endpoint}/{proxy}`,
        PayloadFormatVersion: "1.0",
      }),
    );
    const Target = `integrations/${IntegrationId}`;
    await apis.send(new CreateRouteCommand({ ApiId: id, RouteKey: "ANY /open/{proxy+}", Target }));
    await apis.send(
      new CreateRouteCommand({ ApiId: id, RouteKey: "ANY /closed/{proxy+}", Target, AuthorizationType: "AWS_IAM" }),
    );
  });

  const host = () => `${id}.execute-api.us-east-1.amazonaws.com`;

  test("calls an API by its host, stage and path, and answers what it answered", async () => {
    replies = [{ status: 200, body: '{"id":7}' }];
    const { output } = await machines.run(
      task("apigateway:invoke", {
        ApiEndpoint: host(),
        Method: "POST",
        Stage: "test",
        Path: "/open/orders",
        Headers: { "x-own": ["b"] },
        QueryParameters: { tag: ["x"] },
        RequestBody: { item: "tea" },
      }),
    );
    expect(output).toMatchObject({ ResponseBody: { id: 7 }, StatusCode: 200, StatusText: "OK" });
    expect(requests[0]).toMatchObject({ method: "POST", url: "/orders?tag=x", body: '{"item":"tea"}' });
    expect(requests[0]!.headers["x-own"]).toBe("b");
  });

  test("signs by the state machine's role where configured", async () => {
    const call = { ApiEndpoint: host(), Method: "GET", Path: "/closed/orders" };
    expect(await machines.run(task("apigateway:invoke", call))).toMatchObject({
      status: "FAILED",
      error: "ApiGateway.403",
      cause: '{"message":"Forbidden"}',
    });
    const signed = task("apigateway:invoke", { ...call, AuthType: "IAM_ROLE" });
    expect(await machines.run(signed)).toMatchObject({ status: "SUCCEEDED" });
  });

  test("waits for a token that went with the request", async () => {
    const states = {
      Call: {
        Type: "Task",
        Resource: "arn:aws:states:::apigateway:invoke.waitForTaskToken",
        Parameters: {
          ApiEndpoint: host(),
          Method: "POST",
          Path: "/open/ask",
          Headers: { "task-token.$": "States.Array($$.Task.Token)" },
          RequestBody: { question: "may it?" },
        },
        End: true,
      },
    };
    const arn = await machines.start(await machines.create(states));
    await expect.poll(() => requests[0]?.headers["task-token"]).toBeDefined();
    const taskToken = requests[0]!.headers["task-token"] as string;
    await machines.client.send(new SendTaskSuccessCommand({ taskToken, output: '{"yes":true}' }));
    expect(await machines.ended(arn)).toMatchObject({ status: "SUCCEEDED", output: '{"yes":true}' });
  });

  test("fails when there is no such API, and without a host", async () => {
    const call = { ApiEndpoint: "none00.execute-api.us-east-1.amazonaws.com", Method: "GET", Path: "/" };
    expect(await machines.run(task("apigateway:invoke", call))).toMatchObject({ error: "ApiGateway.404" });
    expect(await machines.run(task("apigateway:invoke", { ...call, ApiEndpoint: "example.com" }))).toMatchObject({
      error: "States.Runtime",
      cause: expect.stringContaining("execute-api") as string,
    });
  });
});
