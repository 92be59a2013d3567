import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;
const Bucket = "linked";

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => cloud.stop());

/** A link as SDKs sign it, save its signature, which the local cloud does not verify. */
function link(key: string, expiresSeconds: number, more: Record<string, string | undefined> = {}): string {
  const date = new Date(cloud.clock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const query = {
    "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
    "X-Amz-Credential": `AKID/${date.slice(0, 8)}/us-east-1/s3/aws4_request`,
    "X-Amz-Date": date,
    "X-Amz-Expires": `${expiresSeconds}`,
    "X-Amz-SignedHeaders": "host",
    "X-Amz-Signature": "0".repeat(64),
    ...more,
  };
  const given = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return `${cloud.endpoint}/${Bucket}/${key}?${new URLSearchParams(given).toString()}`;
}

test("a link reads and writes without credentials, and may override headers", async () => {
  const written = await fetch(link("k", 60), { method: "PUT", body: "by link" });
  expect(written.status).toBe(200);
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "k" }));
  expect(await Body!.transformToString()).toBe("by link");
  const read = await fetch(link("k", 60, { "response-content-disposition": 'attachment; filename="x"' }));
  expect(await read.text()).toBe("by link");
  expect(read.headers.get("content-disposition")).toBe('attachment; filename="x"');
});

test("a link ends by the cloud's time", async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: "short", Body: "x" }));
  const url = link("short", 60);
  expect((await fetch(url)).status).toBe(200);
  await cloud.clock.advance(62_000);
  const expired = await fetch(url);
  expect(expired.status).toBe(403);
  expect(await expired.text()).toMatch(
    /<Code>AccessDenied<\/Code><Message>Request has expired<\/Message><X-Amz-Expires>60<\/X-Amz-Expires><Expires>.*<\/Expires><ServerTime>/,
  );
});

test.each([
  ["a parameter is missing", { "X-Amz-Signature": undefined }, "requires the X-Amz-Algorithm"],
  ["it lives longer than a week", { "X-Amz-Expires": "700000" }, "must be less than a week"],
])("a link fails when %s", async (_why, more, message) => {
  const response = await fetch(link("k", 60, more));
  expect(response.status).toBe(400);
  const text = await response.text();
  expect(text).toContain("<Code>AuthorizationQueryParametersError</Code>");
  expect(text).toContain(message);
});
