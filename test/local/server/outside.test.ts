import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SERVICE_NAMES } from "../../../lib/local/catalogue.ts";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { BUCKET, ENTRANCES, type Entrance } from "./entrances.ts";
import { rawRequest } from "./raw-request.ts";

/**
 * Host × Origin × method × way in: requests from outside leave nothing behind. Each way in is what a real client puts
 * on the wire, and is shown to work from inside first: only the checks make the difference.
 */
interface BareRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly string[];
  readonly body: string | Uint8Array;
}

const OWN_HOSTS = ["127.0.0.1:PORT", "localhost:PORT"];
const FOREIGN_HOSTS = ["evil.example", "evil.example:PORT", "127.0.0.1.nip.io:PORT", "192.168.1.7:PORT"];
const FROM_NO_PAGE: readonly string[] = [];
const FROM_A_PAGE = [
  ["Origin: https://evil.example"],
  ["Origin: http://localhost:3000"],
  ["Origin: http://127.0.0.1:PORT"],
  ["Origin: null"],
  ["Sec-Fetch-Site: cross-site"],
  ["Sec-Fetch-Site: same-site"],
];
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
  await cloud.client(S3Client, { forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: BUCKET }));
});

afterAll(() => cloud.stop());

test("every service has a way in that is tried", () => {
  // STS keeps nothing, and a stream is changed through its table.
  const withoutState = new Set<string>(["sts", "dynamodb-streams"]);
  expect(Object.keys(ENTRANCES)).toEqual(SERVICE_NAMES.filter((name) => !withoutState.has(name)).sort());
});

describe.each(Object.entries(ENTRANCES))("%s", (_name, entrance) => {
  test("is changed from inside", async () => {
    const before = await look(entrance);
    const request = await bareRequest(entrance, "inside");
    const reply = await send(request, request.method, OWN_HOSTS[0]!, FROM_NO_PAGE);
    expect(reply.status).toBeLessThan(300);
    expect(await look(entrance)).not.toBe(before);
  });

  test("is not changed from outside", async () => {
    const before = await look(entrance);
    for (const signed of [true, false]) {
      const request = await bareRequest(entrance, "outside", signed);
      for (const method of METHODS) await sendFromOutside(request, method);
    }
    expect(await look(entrance)).toBe(before);
  });
});

test.each(["/_tidegate/stop", "/_tidegate/clock"])("the cloud's own surface is closed: %s", async (target) => {
  const before = cloud.status();
  const headers = [`x-tidegate-token: ${cloud.token}`, "Content-Type: application/json"];
  const request = { method: "POST", target, headers, body: '{"advanceMs":86400000}' };
  for (const method of METHODS) {
    for (const host of FOREIGN_HOSTS)
      for (const page of [FROM_NO_PAGE, ...FROM_A_PAGE]) await refused(request, method, host, page);
    for (const page of FROM_A_PAGE) {
      // The cloud's own pages may speak with it, once they know the token.
      if (page[0] !== "Origin: http://127.0.0.1:PORT") await refused(request, method, OWN_HOSTS[0]!, page);
    }
  }
  expect(Date.parse(cloud.status().clock.now) - Date.parse(before.clock.now)).toBeLessThan(3_600_000);
});

async function sendFromOutside(request: BareRequest, method: string): Promise<void> {
  for (const host of FOREIGN_HOSTS) {
    for (const page of [FROM_NO_PAGE, ...FROM_A_PAGE]) await refused(request, method, host, page);
  }
  for (const host of OWN_HOSTS) {
    for (const page of FROM_A_PAGE) {
      // A picture or a script may be read without an Origin; the state is compared all the same.
      const mayRead = page[0]!.startsWith("Sec-Fetch") && (method === "GET" || method === "HEAD");
      await (mayRead ? send(request, method, host, page) : refused(request, method, host, page));
    }
  }
}

async function refused(request: BareRequest, method: string, host: string, page: readonly string[]): Promise<void> {
  const reply = await send(request, method, host, page);
  const shown = `${method} ${request.target} ${host} ${page.join()}: ${reply.status}`;
  expect(reply.status === 403 || reply.status === 400, shown).toBe(true);
  expect(reply.text.toLowerCase(), shown).not.toContain("access-control-allow");
}

function send({ target, headers, body }: BareRequest, method: string, host: string, page: readonly string[]) {
  const lines = [`Host: ${host}`, ...page].map((line) => line.replaceAll("PORT", String(cloud.port)));
  return rawRequest(cloud.port, [`${method} ${target} HTTP/1.1`, ...lines, ...headers], body);
}

async function look({ client, look: command }: Entrance): Promise<string> {
  const { $metadata: _metadata, ...shown } = (await ask(client, command())) as Record<string, unknown>;
  return JSON.stringify(shown);
}

/** What a real client would send. It is kept from sending it. */
async function bareRequest({ client, change }: Entrance, name: string, signed = true): Promise<BareRequest> {
  let caught: BareRequest | undefined;
  const requestHandler = {
    handle: (request: WireRequest) => {
      caught = toBare(request, signed);
      return Promise.reject(new Error("caught"));
    },
  };
  await ask(client, change(name), { requestHandler }).catch(() => undefined);
  return caught!;
}

interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Record<string, string>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

function toBare({ method, path, query = {}, headers, body = "" }: WireRequest, signed: boolean): BareRequest {
  const words = new URLSearchParams(query).toString();
  const left = Object.entries(headers).filter(
    ([name]) => !["host", "content-length", "expect"].includes(name) && (signed || name !== "authorization"),
  );
  return {
    method,
    target: words === "" ? path : `${path}?${words}`,
    headers: left.map(([name, value]) => `${name}: ${value}`),
    body,
  };
}

function ask(client: Entrance["client"], command: object, configuration: object = {}): Promise<object> {
  return cloud.client(client, { forcePathStyle: true, ...configuration }).send(command);
}
