import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;
const Bucket = "photos";

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => cloud.stop());

const put = (Key: string, Body: string | Buffer = "x", more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string, more: object = {}) => {
  const answer = await s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  return { ...answer, text: await answer.Body!.transformToString() };
};

describe("objects", () => {
  test("are returned byte for byte, with their metadata", async () => {
    const written = await put("a/ü b+%.txt", "hello", {
      ContentType: "text/plain",
      CacheControl: "no-cache",
      Metadata: { Owner: "me" },
    });
    expect(written).toMatchObject({
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      ChecksumCRC32: "NhCmhg==",
      ChecksumType: "FULL_OBJECT",
      ServerSideEncryption: "AES256",
    });
    const answer = await read("a/ü b+%.txt", { ChecksumMode: "ENABLED" });
    expect(answer).toMatchObject({
      text: "hello",
      ContentType: "text/plain",
      CacheControl: "no-cache",
      Metadata: { owner: "me" },
      ContentLength: 5,
      AcceptRanges: "bytes",
      ChecksumCRC32: "NhCmhg==",
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
    });
  });

  test("may be empty, and large, and streams", async () => {
    await put("empty", "");
    expect((await read("empty")).text).toBe("");
    const bytes = randomBytes(12_000_000);
    const parts = Readable.from([bytes.subarray(0, 5_000_001), bytes.subarray(5_000_001)]);
    await s3.send(new PutObjectCommand({ Bucket, Key: "large", Body: parts, ContentLength: bytes.length }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "large" }));
    expect(Buffer.from(await Body!.transformToByteArray()).equals(bytes)).toBe(true);
  });

  test("are described without their bytes", async () => {
    await put("described", "123");
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "described" }));
    expect(head).toMatchObject({ ContentLength: 3, ETag: '"202cb962ac59075b964b07152d234b70"' });
  });

  test("can be read in part", async () => {
    await put("range", "0123456789");
    expect(await read("range", { Range: "bytes=2-4" })).toMatchObject({
      text: "234",
      ContentRange: "bytes 2-4/10",
      $metadata: { httpStatusCode: 206 },
    });
    expect((await read("range", { Range: "bytes=7-" })).text).toBe("789");
    expect((await read("range", { Range: "bytes=-2" })).text).toBe("89");
    expect((await read("range", { Range: "bytes=8-100" })).ContentRange).toBe("bytes 8-9/10");
    expect((await read("range", { Range: "lines=1-2" })).$metadata.httpStatusCode).toBe(200);
    await expect(read("range", { Range: "bytes=10-" })).rejects.toMatchObject({
      name: "InvalidRange",
      ActualObjectSize: "10",
      $metadata: { httpStatusCode: 416 },
    });
  });

  test("fails when the key or the bucket is missing", async () => {
    await expect(read("missing")).rejects.toMatchObject({ name: "NoSuchKey", Key: "missing" });
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "missing" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    const nowhere = { Bucket: "no-such-bucket-here", Key: "k" };
    await expect(s3.send(new GetObjectCommand(nowhere))).rejects.toMatchObject({
      name: "NoSuchBucket",
      message: "The specified bucket does not exist",
      BucketName: nowhere.Bucket,
    });
    await expect(s3.send(new PutObjectCommand({ ...nowhere, Body: randomBytes(8_000_000) }))).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
    await expect(s3.send(new HeadBucketCommand({ Bucket: nowhere.Bucket }))).rejects.toMatchObject({
      name: "NotFound",
    });
  });
});

describe("a bucket", () => {
  test("lists its objects in the order of their keys", async () => {
    const Bucket = "listing";
    await s3.send(new CreateBucketCommand({ Bucket }));
    for (const Key of ["b", "a/2", "a/1", "ä", "c d"]) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
    const all = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(all.Contents!.map((each) => each.Key)).toEqual(["a/1", "a/2", "b", "c d", "ä"]);
    expect(all).toMatchObject({ KeyCount: 5, IsTruncated: false, MaxKeys: 1000, Name: Bucket });
    const rolled = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/", MaxKeys: 2 }));
    expect(rolled.CommonPrefixes).toEqual([{ Prefix: "a/" }]);
    expect(rolled.Contents!.map((each) => each.Key)).toEqual(["b"]);
    const next = await s3.send(
      new ListObjectsV2Command({ Bucket, Delimiter: "/", ContinuationToken: rolled.NextContinuationToken }),
    );
    expect(next.Contents!.map((each) => each.Key)).toEqual(["c d", "ä"]);
    expect(next.CommonPrefixes).toBeUndefined();
  });

  test("goes only when it is empty", async () => {
    const Bucket = "short-lived";
    await s3.send(new CreateBucketCommand({ Bucket }));
    await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: "BucketNotEmpty",
      message: "The bucket you tried to delete is not empty",
    });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
    await s3.send(new DeleteBucketCommand({ Bucket }));
    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "NoSuchBucket" });
  });

  test("fails when its name cannot be one", async () => {
    for (const Bucket of ["Upper", "no", "a..b", "1.2.3.4", "-dash"]) {
      await expect(s3.send(new CreateBucketCommand({ Bucket }))).rejects.toMatchObject({ name: "InvalidBucketName" });
    }
  });
});
