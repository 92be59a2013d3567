import { CloudWatchClient, GetMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, CreateLogGroupCommand, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../lambda/lambda-fixture.ts";
import { startGateway, type GatewayFixture, type TestApi } from "./gateway-fixture.ts";

let fixture: GatewayFixture;

beforeAll(async () => {
  fixture = await startGateway();
  await fixture.make(
    "hello",
    `exports.handler = async () => ({ statusCode: 200, headers: { "access-control-allow-origin": "own" }, body: "hello" })`,
  );
  await fixture.permit("hello");
});
afterAll(() => fixture.cloud.stop());

describe("CORS", () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await fixture.newApi({
      CorsConfiguration: {
        AllowOrigins: ["https://a.example", "http://*"],
        AllowMethods: ["GET", "PUT"],
        AllowHeaders: ["X-One"],
        ExposeHeaders: ["X-Two"],
        AllowCredentials: true,
        MaxAge: 60,
      },
    });
    await api.lambdaRoute("GET /", "hello");
    await api.lambdaRoute("GET /iam", "hello", { route: { AuthorizationType: "AWS_IAM" } });
    await api.stage("$default");
  });

  const preflight = (origin: string) =>
    api.call("/", { method: "OPTIONS", headers: { origin, "access-control-request-method": "PUT" } });

  test("answers a preflight by the API's configuration", async () => {
    const answer = await preflight("https://a.example");
    expect(answer.status).toBe(204);
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://a.example",
      "access-control-allow-methods": "GET,PUT",
      "access-control-allow-headers": "x-one",
      "access-control-allow-credentials": "true",
      "access-control-max-age": "60",
    });
    expect((await preflight("http://any.example")).headers["access-control-allow-origin"]).toBe("http://any.example");
  });

  test("allows nothing to other origins", async () => {
    const answer = await preflight("https://evil.example");
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  test("takes the place of the function's own headers, also on refusals", async () => {
    const headers = { origin: "https://a.example" };
    const answer = await api.call("/", { headers });
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "https://a.example",
      "access-control-expose-headers": "x-two",
    });
    const refused = await api.call("/iam", { headers });
    expect([refused.status, refused.headers["access-control-allow-origin"]]).toEqual([403, "https://a.example"]);
  });

  test("is the function's matter where the API configures none", async () => {
    const own = await fixture.newApi();
    await own.lambdaRoute("$default", "hello");
    await own.stage("$default");
    const answer = await own.call("/", {
      method: "OPTIONS",
      headers: { origin: "https://x.example", "access-control-request-method": "GET" },
    });
    expect([answer.status, answer.headers["access-control-allow-origin"], answer.text]).toEqual([200, "own", "hello"]);
  });
});

test("throttling refuses what is beyond the bucket, and refills it by the cloud's clock", async () => {
  const api = await fixture.newApi();
  await api.lambdaRoute("GET /a", "hello");
  await api.lambdaRoute("GET /b", "hello");
  await api.stage("$default", {
    DefaultRouteSettings: { ThrottlingBurstLimit: 2, ThrottlingRateLimit: 0.1 },
    RouteSettings: { "GET /b": { ThrottlingBurstLimit: 5 } },
  });
  const calls = async (path: string, amount: number) => {
    const statuses: number[] = [];
    for (let at = 0; at < amount; at++) statuses.push((await api.call(path)).status);
    return statuses;
  };
  expect(await calls("/a", 3)).toEqual([200, 200, 429]);
  expect(await calls("/b", 3)).toEqual([200, 200, 200]);
  await fixture.cloud.clock.advance(10_000);
  expect(await calls("/a", 2)).toEqual([200, 429]);
  const refused = await api.call("/a");
  expect(refused.text).toBe('{"message":"Too Many Requests"}');
});

test("access logs go to the stage's log group, line by line", async () => {
  const logs = fixture.cloud.client(CloudWatchLogsClient);
  await logs.send(new CreateLogGroupCommand({ logGroupName: "/api/access" }));
  const api = await fixture.newApi();
  await api.lambdaRoute("GET /a", "hello");
  await api.stage("$default", {
    AccessLogSettings: {
      DestinationArn: "arn:aws:logs:us-east-1:000000000000:log-group:/api/access",
      Format:
        '{"id":"$context.requestId","route":"$context.routeKey","status":$context.status,"agent":"$context.identity.userAgent","none":"$context.authorizer.x","ms":"$context.integrationLatency"}',
    },
  });
  const answer = await api.call("/a", { headers: { "user-agent": 'quote"d' } });
  await api.call("/nowhere");
  const lines = async () =>
    (await logs.send(new FilterLogEventsCommand({ logGroupName: "/api/access" }))).events!.map(
      (event) => JSON.parse(event.message!) as Record<string, unknown>,
    );
  await eventually(async () => (await lines()).length === 2);
  expect(await lines()).toEqual([
    {
      id: answer.headers["apigw-requestid"],
      route: "GET /a",
      status: 200,
      agent: 'quote"d',
      none: "-",
      ms: expect.stringMatching(/^\d+$/) as string,
    },
    expect.objectContaining({ route: "-", status: 404, ms: "-" }),
  ]);
});

test("metrics count requests by API and by stage", async () => {
  const api = await fixture.newApi();
  await api.lambdaRoute("GET /a", "hello");
  await api.stage("$default");
  await api.call("/a");
  await api.call("/nowhere");
  // What came before the minute's end is there when it is over.
  await fixture.cloud.clock.advance(60_000);
  const now = fixture.cloud.clock.now();
  const query = (Id: string, MetricName: string, dimensions: Record<string, string>) => ({
    Id,
    MetricStat: {
      Metric: {
        Namespace: "AWS/ApiGateway",
        MetricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: 300,
      Stat: "Sum",
    },
  });
  const { MetricDataResults } = await fixture.cloud.client(CloudWatchClient).send(
    new GetMetricDataCommand({
      StartTime: new Date(now - 240_000),
      EndTime: new Date(now),
      MetricDataQueries: [
        query("count", "Count", { ApiId: api.id }),
        query("refused", "4xx", { ApiId: api.id, Stage: "$default" }),
        query("failed", "5xx", { ApiId: api.id }),
      ],
    }),
  );
  expect(MetricDataResults?.map((one) => one.Values)).toEqual([[2], [1], [0]]);
});
