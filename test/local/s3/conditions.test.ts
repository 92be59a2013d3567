import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;
const Bucket = "conditions";

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => cloud.stop());

const put = (Key: string, Body: string, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: object = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
const unmet = (Condition: string) => ({
  name: "PreconditionFailed",
  message: "At least one of the pre-conditions you specified did not hold",
  Condition,
  $metadata: { httpStatusCode: 412 },
});

describe("a write", () => {
  test("creates an object once", async () => {
    await put("once", "1", { IfNoneMatch: "*" });
    await expect(put("once", "2", { IfNoneMatch: "*" })).rejects.toMatchObject(unmet("If-None-Match"));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "once" }));
    await put("once", "3", { IfNoneMatch: "*" });
  });

  test("changes only what it knows", async () => {
    const { ETag } = await put("known", "1");
    await expect(put("known", "2", { IfMatch: '"other"' })).rejects.toMatchObject(unmet("If-Match"));
    await put("known", "2", { IfMatch: ETag });
    await expect(put("known", "3", { IfMatch: ETag })).rejects.toMatchObject(unmet("If-Match"));
    await expect(put("unknown", "1", { IfMatch: ETag })).rejects.toMatchObject({ name: "NoSuchKey", Key: "unknown" });
  });

  test("has one winner among many at once", async () => {
    const writers = Array.from({ length: 20 }, (_, index) => put("race", `${index}`, { IfNoneMatch: "*" }));
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    const winner = outcomes.findIndex(({ status }) => status === "fulfilled");
    expect(await (await get("race")).Body!.transformToString()).toBe(`${winner}`);
  });

  test("loses no update when many compare and set", async () => {
    await put("counter", "0");
    const increment = async (): Promise<void> => {
      for (;;) {
        const { ETag, Body } = await get("counter");
        const next = `${Number(await Body!.transformToString()) + 1}`;
        const written = await put("counter", next, { IfMatch: ETag }).catch((error: Error) => {
          if (error.name !== "PreconditionFailed") throw error;
        });
        if (written) return;
      }
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    expect(await (await get("counter")).Body!.transformToString()).toBe("8");
  });

  test("sees a delete marker as nothing", async () => {
    const Bucket = "conditions-versioned";
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }));
    const write = () => s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "", IfNoneMatch: "*" }));
    await write();
    await expect(write()).rejects.toMatchObject(unmet("If-None-Match"));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await write();
  });

  test.each([
    ["If-Match is *", { IfMatch: "*" }, "If-Match"],
    ["If-None-Match is an ETag", { IfNoneMatch: '"abc"' }, "If-None-Match"],
    ["both are given", { IfMatch: '"abc"', IfNoneMatch: "*" }, "If-Match,If-None-Match"],
  ])("fails when %s", async (_why, conditions, Header) => {
    await expect(put("conditional", "x", conditions)).rejects.toMatchObject({ name: "NotImplemented", Header });
  });
});

describe("a read", () => {
  const past = new Date("2020-01-01");
  const future = new Date("2100-01-01");

  test("returns the object or 304, depending on the caller's copy", async () => {
    const { ETag } = await put("read", "data");
    const modified = (await get("read")).LastModified;
    const spared = { $metadata: { httpStatusCode: 304 } };
    await get("read", { IfMatch: ETag });
    await get("read", { IfNoneMatch: '"other"' });
    await expect(get("read", { IfMatch: '"other"' })).rejects.toMatchObject(unmet("If-Match"));
    await expect(get("read", { IfNoneMatch: ETag })).rejects.toMatchObject(spared);
    await expect(get("read", { IfNoneMatch: ETag })).rejects.toMatchObject({ $response: { headers: { etag: ETag } } });
    await expect(get("read", { IfModifiedSince: modified })).rejects.toMatchObject(spared);
    await get("read", { IfModifiedSince: past });
    await get("read", { IfModifiedSince: future });
    await get("read", { IfUnmodifiedSince: modified });
    await expect(get("read", { IfUnmodifiedSince: past })).rejects.toMatchObject(unmet("If-Unmodified-Since"));
  });

  test("believes an ETag before a date", async () => {
    const { ETag } = await put("precedence", "data");
    const answered = { $metadata: { httpStatusCode: 200 } };
    expect(await get("precedence", { IfMatch: ETag, IfUnmodifiedSince: past })).toMatchObject(answered);
    const changed = { IfNoneMatch: '"other"', IfModifiedSince: new Date() };
    expect(await get("precedence", changed)).toMatchObject(answered);
  });
});

describe("a copy", () => {
  const copy = (more: object) =>
    s3.send(new CopyObjectCommand({ Bucket, Key: "target", CopySource: `${Bucket}/source`, ...more }));

  test("minds conditions on its source and on its target", async () => {
    const { ETag } = await put("source", "data");
    await copy({ CopySourceIfMatch: ETag });
    await expect(copy({ CopySourceIfNoneMatch: ETag })).rejects.toMatchObject(unmet("x-amz-copy-source-If-None-Match"));
    await expect(copy({ CopySourceIfUnmodifiedSince: new Date("2020-01-01") })).rejects.toMatchObject(
      unmet("x-amz-copy-source-If-Unmodified-Since"),
    );
    await expect(copy({ IfNoneMatch: "*" })).rejects.toMatchObject(unmet("If-None-Match"));
    await expect(copy({ IfMatch: '"other"' })).rejects.toMatchObject(unmet("If-Match"));
    await copy({ IfMatch: ETag });
  });
});

test("a deletion minds its condition", async () => {
  const { ETag } = await put("delete", "data");
  const remove = (IfMatch: string) => s3.send(new DeleteObjectCommand({ Bucket, Key: "delete", IfMatch }));
  await expect(remove('"other"')).rejects.toMatchObject(unmet("If-Match"));
  await remove(ETag!);
  await expect(get("delete")).rejects.toMatchObject({ name: "NoSuchKey" });
});
