import { CreateBucketCommand, PutBucketCorsCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { rawRequest } from "./raw-request.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "shared" }));
  const anybody = { AllowedOrigins: ["*"], AllowedMethods: ["GET", "PUT", "POST"], AllowedHeaders: ["*"] };
  await s3.send(new PutBucketCorsCommand({ Bucket: "shared", CORSConfiguration: { CORSRules: [anybody] } }));
});

afterAll(() => cloud.stop());

const send = (lines: readonly string[], body = "") =>
  rawRequest(cloud.port, [...lines, `Host: 127.0.0.1:${cloud.port}`, "Origin: https://evil.example"], body);

const signedFor = (service: string) =>
  `Authorization: AWS4-HMAC-SHA256 Credential=t/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

test("a page may use a bucket that is shared with it", async () => {
  const put = await send(["PUT /shared/note HTTP/1.1", signedFor("s3")], "hello");
  expect(put.status).toBe(200);
  const get = await send(["GET /shared/note HTTP/1.1", signedFor("s3")]);
  expect(get.text).toContain("hello");
});

test("fails when the page would reach another service through the bucket's address", async () => {
  const form = "Content-Type: application/x-www-form-urlencoded";
  const query = await send(["POST /shared HTTP/1.1", form], "Action=GetCallerIdentity&Version=2011-06-15");
  expect(query).toMatchObject({ status: 403, text: expect.stringContaining("ForeignOrigin") });
  const json = ["X-Amz-Target: AmazonSSM.DescribeParameters", "Content-Type: application/x-amz-json-1.1"];
  expect((await send(["POST /shared HTTP/1.1", ...json], "{}")).status).toBe(403);
  expect((await send(["GET /shared HTTP/1.1", signedFor("lambda")])).status).toBe(403);
});

test("fails when the page would reach the cloud's own surface through the bucket's host", async () => {
  const reply = await rawRequest(cloud.port, [
    "GET /_tidegate/health HTTP/1.1",
    `Host: shared.s3.localhost:${cloud.port}`,
    "Origin: https://evil.example",
  ]);
  expect(reply.text).not.toContain("stateFolder");
});
