import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { rawRequest } from "./raw-request.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(() => cloud.stop());

const SIGNED =
  "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0";
const FORM = "Content-Type: application/x-www-form-urlencoded";
const CALL = "Action=GetCallerIdentity&Version=2011-06-15";

/** Calls STS with these headers, as anybody on the machine or a page in its browser could. */
async function statusWith(headers: readonly string[], target = "POST /"): Promise<number> {
  const lines = headers.map((line) => line.replaceAll("PORT", String(cloud.port)));
  const reply = await rawRequest(cloud.port, [`${target} HTTP/1.1`, SIGNED, FORM, ...lines], CALL);
  return reply.status;
}

describe("the Host", () => {
  test.each([
    ["Host: 127.0.0.1:PORT"],
    ["Host: localhost:PORT"],
    ["Host: LOCALHOST:PORT"],
    ["Host: [::1]:PORT"],
    ["Host: sts.localhost:PORT"],
    ["Host: photos.s3.localhost:PORT"],
    ["Host: photos.2026.s3.eu-west-1.localhost:PORT"],
  ])("is the cloud's own: %s", async (host) => {
    expect(await statusWith([host])).toBe(200);
  });

  test.each([
    ["Host: evil.example:PORT"],
    ["Host: evil.example"],
    ["Host: localhost"],
    ["Host: 127.0.0.1"],
    ["Host: 127.0.0.1:1"],
    ["Host: 127.0.0.2:PORT"],
    ["Host: 0.0.0.0:PORT"],
    ["Host: 2130706433:PORT"],
    ["Host: 127.1:PORT"],
    ["Host: localhost.evil.example:PORT"],
    ["Host: 127.0.0.1.nip.io:PORT"],
    ["Host: evil-localhost:PORT"],
    ["Host: localhost.:PORT"],
    ["Host: .localhost:PORT"],
    ["Host: a..localhost:PORT"],
    ["Host: user@localhost:PORT"],
    ["Host: localhost:PORT@evil.example"],
    ["Host: localhost:PORT/x"],
    ["Host: sts.us-east-1.amazonaws.com"],
    ["Host: "],
  ])("fails when it is not: %s", async (host) => {
    expect([400, 403]).toContain(await statusWith([host]));
  });

  test("fails when there is none, on the admin surface too", async () => {
    expect((await rawRequest(cloud.port, ["GET /_tidegate/health HTTP/1.0"])).status).toBe(403);
    expect((await rawRequest(cloud.port, ["GET /_tidegate/health HTTP/1.1", "Host: evil.example"])).status).toBe(403);
  });

  test("fails when the target names another host", async () => {
    const target = `GET http://127.0.0.1:${cloud.port}/_tidegate/health HTTP/1.1`;
    expect((await rawRequest(cloud.port, [target, "Host: evil.example"])).status).toBe(403);
  });

  test("fails when a WebSocket names another", async () => {
    const head = ["GET / HTTP/1.1", "Host: evil.example", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
    const reply = await rawRequest(cloud.port, [...head, "Connection: Upgrade"]);
    expect(reply.status).toBe(403);
  });
});

describe("the Origin", () => {
  const OWN = "Host: 127.0.0.1:PORT";

  test.each([
    ["Origin: https://evil.example"],
    ["Origin: http://localhost:3000"],
    ["Origin: http://localhost"],
    ["Origin: null"],
    ["Origin: http://photos.s3.localhost:PORT"],
    // A page in a bucket has the endpoint's own origin, and is still a page.
    ["Origin: http://127.0.0.1:PORT"],
  ])("fails when a page calls AWS: %s", async (origin) => {
    expect(await statusWith([OWN, origin])).toBe(403);
  });

  test.each([["cross-site"], ["same-site"], ["same-origin"]])(
    "fails when a page that is %s acts by a request without Origin",
    async (site) => {
      expect(await statusWith([OWN, `Sec-Fetch-Site: ${site}`])).toBe(403);
      expect(await statusWith([OWN, `Sec-Fetch-Site: ${site}`], `GET /?${CALL}`)).toBe(403);
    },
  );

  test("lets a link be followed by hand", async () => {
    expect(await statusWith([OWN, "Sec-Fetch-Site: none"], `GET /?${CALL}`)).toBe(200);
  });

  test("fails for a page's preflight request", async () => {
    const preflight = ["OPTIONS / HTTP/1.1", `Host: 127.0.0.1:${cloud.port}`, "Origin: https://evil.example"];
    const reply = await rawRequest(cloud.port, [...preflight, "Access-Control-Request-Method: POST"]);
    expect(reply.status).toBe(403);
    expect(reply.text.toLowerCase()).not.toContain("access-control-allow");
  });

  test("never allows every origin", async () => {
    const reply = await rawRequest(cloud.port, [
      "GET /_tidegate/health HTTP/1.1",
      `Host: 127.0.0.1:${cloud.port}`,
      "Origin: https://evil.example",
    ]);
    expect(reply.status).toBe(403);
    expect(reply.text.toLowerCase()).not.toContain("access-control-allow");
  });
});
