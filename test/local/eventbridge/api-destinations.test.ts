import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  DeleteApiDestinationCommand,
  DeleteConnectionCommand,
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
  PutTargetsCommand,
  UpdateConnectionCommand,
  type CreateConnectionCommandInput,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, startEvents, type EventsFixture } from "./events-fixture.ts";
import { openQueues, type QueueFixture } from "./queue-fixture.ts";

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let fixture: EventsFixture;
let queues: QueueFixture;
let server: Server;
let endpoint: string;
const requests: Request[] = [];
const answers: { status: number; body?: string; headers?: Record<string, string> }[] = [];

beforeAll(async () => {
  fixture = await startEvents();
  queues = openQueues(fixture.cloud);
  server = createServer(async (request, response) => {
    requests.push({ method: request.method!, url: request.url!, headers: request.headers, body: await text(request) });
    const { status, body = "", headers = {} } = answers.shift() ?? { status: 200 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await fixture.cloud.stop();
  server.closeAllConnections();
  server.close();
});

const RoleArn = "arn:aws:iam::000000000000:role/events";

async function connect(Name: string, input: Partial<CreateConnectionCommandInput>, more: Partial<Target> = {}) {
  const { ConnectionArn } = await fixture.events.send(
    new CreateConnectionCommand({ Name, AuthorizationType: "BASIC", AuthParameters: {}, ...input }),
  );
  const { ApiDestinationArn } = await fixture.events.send(
    new CreateApiDestinationCommand({
      Name,
      ConnectionArn,
      HttpMethod: "POST",
      InvocationEndpoint: `${endpoint}/in/*/end`,
    }),
  );
  await fixture.rule(Name, { source: [Name] }, { Arn: ApiDestinationArn!, RoleArn, ...more });
}

async function send(Source: string): Promise<Request> {
  const before = requests.length;
  await fixture.put({ Source, DetailType: "t", Detail: '{"a":1}' });
  await eventually(() => requests.length > before);
  return requests.at(-1)!;
}

describe("an API destination", () => {
  test("is called with the input, the target's parameters and the connection's key", async () => {
    const target = {
      InputPath: "$.detail",
      HttpParameters: {
        PathParameterValues: ["a b"],
        HeaderParameters: { "x-one": "1" },
        QueryStringParameters: { q: "2" },
      },
    };
    const AuthParameters = {
      ApiKeyAuthParameters: { ApiKeyName: "X-Key", ApiKeyValue: "hidden" },
      InvocationHttpParameters: {
        BodyParameters: [{ Key: "more", Value: "body" }],
        HeaderParameters: [{ Key: "x-two", Value: "secret", IsValueSecret: true }],
      },
    };
    await connect("keyed", { AuthorizationType: "API_KEY", AuthParameters }, target);
    const request = await send("keyed");
    expect(request).toMatchObject({
      method: "POST",
      url: "/in/a%20b/end?q=2",
      headers: {
        "x-key": "hidden",
        "x-one": "1",
        "x-two": "secret",
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Amazon/EventBridge/ApiDestinations",
      },
    });
    expect(JSON.parse(request.body)).toEqual({ a: 1, more: "body" });
    const described = await fixture.events.send(new DescribeConnectionCommand({ Name: "keyed" }));
    expect(JSON.stringify(described)).not.toMatch(/hidden|"secret"/);
    expect(described.AuthParameters).toMatchObject({ ApiKeyAuthParameters: { ApiKeyName: "X-Key" } });
  });

  test("is called with a token that the connection's credentials get", async () => {
    const AuthParameters = {
      OAuthParameters: {
        ClientParameters: { ClientID: "id", ClientSecret: "hidden" },
        AuthorizationEndpoint: `${endpoint}/token`,
        HttpMethod: "POST" as const,
      },
    };
    await connect("oauth", { AuthorizationType: "OAUTH_CLIENT_CREDENTIALS", AuthParameters });
    answers.push({ status: 200, body: '{"access_token":"t1","expires_in":60}' });
    await fixture.put({ Source: "oauth", DetailType: "t", Detail: "{}" });
    await eventually(() => requests.at(-1)!.headers.authorization === "Bearer t1");
    expect(requests.at(-2)).toMatchObject({
      url: "/token",
      body: "grant_type=client_credentials&client_id=id&client_secret=hidden",
    });
    expect((await send("oauth")).headers.authorization).toBe("Bearer t1");
  });

  test("is called again after a failure, later and later, until its policy is spent", async () => {
    const dead = await queues.make("dead");
    const AuthParameters = { BasicAuthParameters: { Username: "u", Password: "p" } };
    const policy = { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: dead } };
    await connect("failing", { AuthParameters }, policy);
    answers.push({ status: 503 }, { status: 429, headers: { "retry-after": "30" } }, { status: 500 });
    const first = await send("failing");
    expect(first.headers.authorization).toBe(`Basic ${Buffer.from("u:p").toString("base64")}`);
    const count = requests.length;
    for (const [index, waitMs] of [1000, 30_000].entries()) {
      await eventually(async () => {
        await fixture.cloud.clock.advance(waitMs);
        return requests.length > count + index;
      });
    }
    const [message] = await queues.take("dead");
    const { ERROR_CODE, RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION } = message!.MessageAttributes!;
    expect([ERROR_CODE, RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION].map((each) => each?.StringValue)).toEqual([
      "ERROR_FROM_TARGET",
      "2",
      "MaximumRetryAttempts",
    ]);
    expect(requests).toHaveLength(count + 2);
  });

  test("is not called again after a refusal that would come again", async () => {
    const dead = "arn:aws:sqs:us-east-1:000000000000:dead";
    const Target = { DeadLetterConfig: { Arn: dead } };
    await connect("refusing", { AuthParameters: { BasicAuthParameters: { Username: "u", Password: "p" } } }, Target);
    answers.push({ status: 400 });
    await send("refusing");
    const [message] = await queues.take("dead");
    expect(message!.MessageAttributes!["ERROR_MESSAGE"]!.StringValue).toContain("answered 400");
  });
});

describe("a connection", () => {
  test("keeps its credentials in Secrets Manager, as AWS lays them out, and takes them away with it", async () => {
    const secrets = fixture.cloud.client(SecretsManagerClient);
    const Name = "kept";
    const AuthParameters = {
      BasicAuthParameters: { Username: "user", Password: "pass" },
      InvocationHttpParameters: {},
    };
    await fixture.events.send(new CreateConnectionCommand({ Name, AuthorizationType: "BASIC", AuthParameters }));
    const { SecretArn, ...described } = await fixture.events.send(new DescribeConnectionCommand({ Name }));
    expect(SecretArn).toMatch(/^arn:aws:secretsmanager:us-east-1:000000000000:secret:events!connection\/kept\/[\w-]+$/);
    expect(described).toMatchObject({
      Name,
      AuthorizationType: "BASIC",
      ConnectionState: "AUTHORIZED",
      AuthParameters: { BasicAuthParameters: { Username: "user" }, InvocationHttpParameters: {} },
    });
    const read = async () =>
      JSON.parse((await secrets.send(new GetSecretValueCommand({ SecretId: SecretArn }))).SecretString!) as unknown;
    expect(await read()).toEqual({ username: "user", password: "pass", invocation_http_parameters: {} });
    await fixture.events.send(
      new UpdateConnectionCommand({
        Name,
        AuthParameters: { BasicAuthParameters: { Username: "u2", Password: "p2" } },
      }),
    );
    expect(await read()).toEqual({ username: "u2", password: "p2" });
    const { ConnectionState } = await fixture.events.send(new DeleteConnectionCommand({ Name }));
    expect(ConnectionState).toBe("DELETING");
    await expect(read()).rejects.toMatchObject({ name: "ResourceNotFoundException" });
    await expect(fixture.events.send(new DescribeConnectionCommand({ Name }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Failed to describe the connection(s). Connection 'kept' does not exist.",
    });
  });

  test("fails for what AWS refuses, all together", async () => {
    const Name = "This should fail with two errors 123467890123412341234123412341234";
    const create = new CreateConnectionCommand({ Name, AuthorizationType: "INVALID" as "BASIC", AuthParameters: {} });
    await expect(fixture.events.send(create)).rejects.toMatchObject({
      message: `3 validation errors detected: Value '${Name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; Value '${Name}' at 'name' failed to satisfy constraint: Member must have length less than or equal to 64; Value 'INVALID' at 'authorizationType' failed to satisfy constraint: Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]`,
    });
  });
});

test("an API destination is described, and gone when it is deleted", async () => {
  const Name = "keyed";
  expect(await fixture.events.send(new DescribeApiDestinationCommand({ Name }))).toMatchObject({
    ApiDestinationState: "ACTIVE",
    HttpMethod: "POST",
    InvocationRateLimitPerSecond: 300,
  });
  await fixture.events.send(new DeleteApiDestinationCommand({ Name }));
  await expect(fixture.events.send(new DescribeApiDestinationCommand({ Name }))).rejects.toMatchObject({
    message: "Failed to describe the api-destination(s). An api-destination 'keyed' does not exist.",
  });
});

test("a target that is an API destination needs a role", async () => {
  const Arn = "arn:aws:events:us-east-1:000000000000:api-destination/x/1";
  const put = new PutTargetsCommand({ Rule: "keyed", Targets: [{ Id: "9", Arn }] });
  await expect(fixture.events.send(put)).rejects.toMatchObject({ message: `RoleArn is required for target ${Arn}.` });
});
