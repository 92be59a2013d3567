import { Agent, request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  cloud = await startTestCloud();
});

afterAll(async () => {
  agent.destroy();
  await cloud.stop();
});

const scope = (service: string) =>
  `AWS4-HMAC-SHA256 Credential=t/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

function put(path: string, body: Buffer, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const sending = request(`${cloud.endpoint}${path}`, { method: "PUT", agent, headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode!));
    });
    sending.on("error", reject);
    sending.end(body);
  });
}

const plain = Buffer.alloc(20_000_000, 1);
const chunked = Buffer.concat([Buffer.from("1312d00\r\n"), plain, Buffer.from("\r\n0\r\n\r\n")]);

test.each([
  ["of a bucket that does not exist", "s3", 404, plain, {}],
  ["in chunks, of a bucket that does not exist", "s3", 404, chunked, { "content-encoding": "aws-chunked" }],
  ["of a service that is not supported", "glacier", 501, plain, {}],
  ["in chunks that are broken", "s3", 404, Buffer.from("zz\r\n"), { "content-encoding": "aws-chunked" }],
])("an unread body does not block the connection: %s", async (_title, service, status, body, headers) => {
  for (let round = 0; round < 3; round++) {
    expect(await put("/no-such-bucket/key", body, { authorization: scope(service), ...headers })).toBe(status);
  }
});
