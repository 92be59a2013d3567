import { ApiGatewayV2Client, CreateApiCommand } from "@aws-sdk/client-apigatewayv2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { rawRequest } from "./raw-request.ts";

let cloud: TestCloud;
let apiId: string;

beforeAll(async () => {
  cloud = await startTestCloud();
  const create = new CreateApiCommand({
    Name: "shop",
    ProtocolType: "HTTP",
    Target: "https://backend.example",
    CorsConfiguration: { AllowOrigins: ["https://shop.example"], AllowMethods: ["GET"] },
  });
  apiId = (await cloud.client(ApiGatewayV2Client).send(create)).ApiId!;
});

afterAll(() => cloud.stop());

function preflight(host: string, path: string, origin: string) {
  return rawRequest(cloud.port, [
    `OPTIONS ${path} HTTP/1.1`,
    `Host: ${host}:${cloud.port}`,
    `Origin: ${origin}`,
    "Access-Control-Request-Method: GET",
  ]);
}

test("a page may call the user's API when the user's own CORS says so", async () => {
  const byHost = await preflight(`${apiId}.execute-api.localhost`, "/orders", "https://shop.example");
  expect(byHost.text).toMatch(/access-control-allow-origin: https:\/\/shop\.example/i);
  const byPath = await preflight("127.0.0.1", `/_aws/execute-api/${apiId}/orders`, "https://shop.example");
  expect(byPath.text).toMatch(/access-control-allow-origin: https:\/\/shop\.example/i);
});

test("fails when the user's CORS does not name the page, by the user's rules and not the cloud's", async () => {
  const reply = await preflight(`${apiId}.execute-api.localhost`, "/orders", "https://evil.example");
  expect(reply.text).not.toMatch(/access-control-allow-origin/i);
  expect(reply.text).not.toContain("ForeignOrigin");
});

test("fails when the user's API is called by a Host that is not the cloud's", async () => {
  const reply = await preflight(`${apiId}.execute-api.evil.example`, "/orders", "https://shop.example");
  expect(reply.status).toBe(403);
  expect(reply.text).toContain("ForeignHost");
});

test.each([
  ["GET", `/_aws/lambda-code/${"0".repeat(64)}`],
  ["PUT", "/_tidegate/cfn-response/token"],
])("fails when a page calls a surface that is not a user's API: %s %s", async (method, path) => {
  const head = [`${method} ${path} HTTP/1.1`, `Host: 127.0.0.1:${cloud.port}`, "Origin: https://evil.example"];
  const reply = await rawRequest(cloud.port, head);
  expect(reply).toMatchObject({ status: 403, text: expect.stringContaining("ForeignOrigin") });
});
