import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startGateway, type GatewayFixture, type TestApi } from "./gateway-fixture.ts";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let fixture: GatewayFixture;
let api: TestApi;
let backend: Server;
let base: string;

beforeAll(async () => {
  backend = createServer(async (request, response) => {
    if (request.url?.startsWith("/silent")) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    response.setHeader("x-backend", "yes");
    response.setHeader("set-cookie", ["a=1", "b=2"]);
    response.statusCode = request.url?.startsWith("/teapot") ? 418 : 200;
    const seen: Seen = {
      method: request.method!,
      url: request.url!,
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    };
    response.end(JSON.stringify({ ...seen, inner: { word: "found" } }));
  });
  await new Promise<void>((resolve) => void backend.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`;
  fixture = await startGateway();
  api = await fixture.newApi();
  const proxy = (key: string, path: string, more: object = {}) =>
    api.route(key, { IntegrationUri: `${base}${path}`, IntegrationMethod: "ANY", ...more });
  await proxy("ANY /plain", "/there?own=1");
  await proxy("ANY /files/{path+}", "/root/{path}");
  await proxy("GET /teapot", "/teapot");
  await proxy("GET /silent", "/silent", { TimeoutInMillis: 100 });
  await proxy("GET /refused", "/x", { IntegrationUri: "http://127.0.0.1:1/" });
  await proxy("POST /mapped/{id}", "/there", {
    IntegrationMethod: "PUT",
    RequestParameters: {
      "append:header.x-one": "$request.header.x-in",
      "overwrite:header.x-two": "id ${request.path.id} of ${stageVariables.color}",
      "remove:header.x-secret": "''",
      "append:querystring.body": "$request.body.a.b[1]",
      "overwrite:querystring.q": "$context.requestId",
      "remove:querystring.gone": "",
      "overwrite:path": "/mapped${request.path}",
    },
    ResponseParameters: {
      "200": {
        "overwrite:statuscode": "202",
        "append:header.x-word": "$response.body.inner.word",
        "remove:header.x-backend": "''",
      },
    },
  });
  await api.stage("$default", { StageVariables: { color: "blue" } });
});
afterAll(async () => {
  await fixture.cloud.stop();
  backend.closeAllConnections();
  backend.close();
});

describe("an HTTP integration", () => {
  test("passes method, query, headers and body on, and the answer back", async () => {
    const answer = await api.call("/plain?a=1&b=2", { method: "POST", body: "hello", headers: { "x-in": ["1", "2"] } });
    const seen = answer.json as unknown as Seen;
    expect(seen).toMatchObject({ method: "POST", url: "/there?own=1&a=1&b=2", body: "hello" });
    expect(seen.headers).toMatchObject({
      host: base.slice("http://".length),
      "x-in": "1, 2",
      via: "HTTP/1.1 AmazonAPIGateway",
      forwarded: expect.stringContaining("for=127.0.0.1") as string,
    });
    expect(answer.headers).toMatchObject({
      "x-backend": "yes",
      "set-cookie": ["a=1", "b=2"],
      "apigw-requestid": expect.any(String) as string,
    });
  });

  test("fills path variables into its URL, encoded", async () => {
    const answer = await api.call("/files/a%20b/c%3Fd");
    expect(answer.json["url"]).toBe("/root/a%20b/c%3Fd");
  });

  test("streams a large body", async () => {
    const body = Buffer.alloc(5 * 1024 * 1024, "x");
    const answer = await api.call("/plain", { method: "PUT", body, headers: { "transfer-encoding": "chunked" } });
    expect((answer.json["body"] as string).length).toBe(body.length);
  });

  test("passes the backend's own status on", async () => {
    expect((await api.call("/teapot")).status).toBe(418);
  });

  test("maps parameters of the request and of the response", async () => {
    const answer = await api.call("/mapped/7?q=1&gone=1", {
      method: "POST",
      body: JSON.stringify({ a: { b: ["no", "yes"] } }),
      headers: { "content-type": "application/json", "x-in": "in", "x-secret": "s" },
    });
    expect(answer.status).toBe(202);
    expect(answer.headers["x-word"]).toBe("found");
    expect(answer.headers["x-backend"]).toBeUndefined();
    const seen = answer.json as unknown as Seen;
    expect(seen.method).toBe("PUT");
    expect(seen.headers).toMatchObject({ "x-one": "in", "x-two": "id 7 of blue" });
    expect(seen.headers["x-secret"]).toBeUndefined();
    const url = new URL(seen.url, base);
    expect(url.pathname).toBe("/mapped/mapped/7");
    expect(url.searchParams.get("body")).toBe("yes");
    expect(url.searchParams.get("q")).toBe(answer.headers["apigw-requestid"]);
    expect(url.searchParams.has("gone")).toBe(false);
  });

  test("fails when the backend is silent or refuses", async () => {
    const silent = await api.call("/silent");
    expect([silent.status, silent.text]).toEqual([504, '{"message":"Gateway Timeout"}']);
    const refused = await api.call("/refused");
    expect([refused.status, refused.text]).toEqual([503, '{"message":"Service Unavailable"}']);
  });

  test.each(["overwrite:header.Authorization", "append:header.x-amzn-id", "set:header.x", "append:cookie.a"])(
    "fails when a parameter is mapped to %s",
    async (key) => {
      const mapped = api.route("GET /never", {
        IntegrationUri: base,
        IntegrationMethod: "GET",
        RequestParameters: { [key]: "x" },
      });
      await expect(mapped).rejects.toMatchObject({ name: "BadRequestException" });
    },
  );
});
