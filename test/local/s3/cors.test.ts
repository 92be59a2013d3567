import { CreateBucketCommand, PutBucketCorsCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let object: string;
const Bucket = "shared-with-pages";
const SIGNED = "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";

beforeAll(async () => {
  cloud = await startTestCloud();
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  object = `${cloud.endpoint}/${Bucket}/k`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "shown" }));
  await s3.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: {
        CORSRules: [
          {
            AllowedOrigins: ["https://*.test"],
            AllowedMethods: ["GET", "PUT"],
            AllowedHeaders: ["x-amz-*", "Authorization"],
            ExposeHeaders: ["etag"],
            MaxAgeSeconds: 60,
          },
        ],
      },
    }),
  );
});
afterAll(() => cloud.stop());

const ask = (headers: Record<string, string>, method = "OPTIONS") => fetch(object, { method, headers });

describe("a page", () => {
  test("learns by a preflight what is allowed", async () => {
    const answer = await ask({
      origin: "https://app.test",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "X-Amz-Date, authorization",
    });
    expect(answer.status).toBe(200);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      "access-control-allow-origin": "https://app.test",
      "access-control-allow-methods": "GET, PUT",
      "access-control-allow-headers": "x-amz-date, authorization",
      "access-control-allow-credentials": "true",
      "access-control-expose-headers": "etag",
      "access-control-max-age": "60",
      vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    });
  });

  test("that may, reads with the headers that let it", async () => {
    const answer = await ask({ origin: "https://app.test", authorization: SIGNED }, "GET");
    expect(await answer.text()).toBe("shown");
    expect(answer.headers.get("access-control-allow-origin")).toBe("https://app.test");
  });

  test.each([
    ["comes from elsewhere", { origin: "https://evil.example" }],
    ["would do what is not listed", { "access-control-request-method": "DELETE" }],
    ["would send a header that is not listed", { "access-control-request-headers": "x-other" }],
  ])("fails when it %s", async (_why, more) => {
    const headers = { origin: "https://app.test", "access-control-request-method": "GET", ...more };
    const answer = await ask(headers);
    expect(answer.status).toBe(403);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("fails in a bucket that shares nothing", async () => {
    const answer = await fetch(`${cloud.endpoint}/other/k`, { headers: { origin: "https://app.test" } });
    expect(answer.status).toBe(403);
  });
});
