import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;
const Bucket = "bytes";

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => cloud.stop());

const put = (Key: string, Body: string | Buffer, more: object = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const read = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body!.transformToString();

async function blobs(folder = join(cloud.stateFolder, "blobs", "s3")): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

describe("bytes that are not what the client said", () => {
  test.each([
    [
      "an MD5",
      { ContentMD5: "CYketZBSTjX8czcs3cXVlg==" },
      { name: "BadDigest", CalculatedDigest: "Q3uTDbhLgHnC3YBKcZNrXw==" },
    ],
    ["no MD5 at all", { ContentMD5: "000" }, { name: "InvalidDigest" }],
    [
      "a checksum",
      { ChecksumSHA256: "lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U=" },
      { name: "BadDigest", message: "The SHA256 you specified did not match the calculated checksum." },
    ],
    [
      "no checksum at all",
      { ChecksumCRC32: "1" },
      { name: "InvalidRequest", message: "Value for x-amz-checksum-crc32 header is invalid." },
    ],
    ["two checksums", { ChecksumCRC32: "Cdox+w==", ChecksumSHA1: "x" }, { name: "InvalidRequest" }],
  ])("fail by %s and leave nothing behind", async (_what, claim, expected) => {
    await expect(put("claimed", "something", claim)).rejects.toMatchObject(expected);
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "claimed" }))).rejects.toMatchObject({
      name: "NotFound",
    });
    await expect.poll(() => blobs()).toEqual([]);
  });

  test("fail by a trailer", async () => {
    const body = "9\r\nsomething\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
    const response = await fetch(`${cloud.endpoint}/${Bucket}/trailed`, {
      method: "PUT",
      body,
      headers: {
        authorization:
          "AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
        "content-encoding": "aws-chunked",
        "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        "x-amz-decoded-content-length": "9",
        "x-amz-trailer": "x-amz-checksum-crc32",
      },
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("<Code>BadDigest</Code>");
  });
});

// The figures were recorded from AWS.
test.each([
  ["CRC32", "test-checksum", "lVk/nw=="],
  ["CRC32C", "test-checksum", "Fz3epA=="],
  ["CRC64NVME", "something", "1BGd19PD4OU="],
  ["SHA1", "aaaaaaaaaa", "NJX/adNGcdHhWzOmPBN5/e3Toyo="],
  ["SHA256", '{"key": "value"}', "lyTB4g5uPk1/V+0l+dTvsAblCFkNUoyQ2ll/andcE+U="],
] as const)("a %s checksum is AWS's, and returned on request", async (ChecksumAlgorithm, body, expected) => {
  const key = `checksum-${ChecksumAlgorithm}`;
  const member = `Checksum${ChecksumAlgorithm}` as const;
  expect((await put(key, body, { ChecksumAlgorithm }))[member]).toBe(expected);
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: key, ChecksumMode: "ENABLED" }));
  expect(head[member]).toBe(expected);
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: key }))).not.toHaveProperty(member);
});

describe("on disk", () => {
  test("equal objects share their bytes, which go with the last of them", async () => {
    const before = (await blobs()).length;
    await put("twin/1", "the same bytes");
    await put("twin/2", "the same bytes");
    await s3.send(new CopyObjectCommand({ Bucket, Key: "twin/3", CopySource: `${Bucket}/twin/1` }));
    expect(await blobs()).toHaveLength(before + 1);
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "twin/1" }));
    await put("twin/2", "other bytes");
    expect(await read("twin/3")).toBe("the same bytes");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "twin/2" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "twin/3" }));
    await expect.poll(async () => (await blobs()).length).toBe(before);
  });

  test("no key becomes a path", async () => {
    for (const key of ["../../escape", "/etc/passwd", "a/../b", "con", "ü\u0001"]) {
      await put(key, key);
      expect(await read(key)).toBe(key);
    }
    for (const name of await blobs()) expect(name).toMatch(/^[0-9a-f]{64}$/);
  });

  test("a reader is not cut off by a deletion", async () => {
    const bytes = randomBytes(8_000_000);
    await put("read-and-deleted", bytes);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "read-and-deleted" }));
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "read-and-deleted" }));
    expect(Buffer.from(await Body!.transformToByteArray()).equals(bytes)).toBe(true);
  });

  test("writes, overwrites and deletions in a race never lose what was acknowledged", async () => {
    const work = async (worker: number) => {
      for (let i = 0; i < 25; i++) {
        const key = `race/${worker}`;
        await put(key, `content ${i % 2}`);
        expect(await read(key)).toBe(`content ${i % 2}`);
        if (i % 2 === 0) await s3.send(new DeleteObjectCommand({ Bucket, Key: key }));
      }
    };
    await Promise.all([1, 2, 3, 4, 5, 6].map(work));
  });
});

test("a restart keeps the objects and takes what a killed process left", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-s3-"));
  const first = await startTestCloud({ stateFolder });
  const client = first.client(S3Client, { forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutObjectCommand({ Bucket, Key: "kept", Body: "kept" }));
  await first.stop();
  const folder = join(stateFolder, "blobs", "s3");
  const [kept] = await blobs(folder);
  await writeFile(join(folder, "incoming", "half"), "half an upload");
  await mkdir(join(folder, "00"));
  await writeFile(join(folder, "00", "0".repeat(64)), "no record refers to this");
  const second = await startTestCloud({ stateFolder });
  const again = second.client(S3Client, { forcePathStyle: true });
  const { Body } = await again.send(new GetObjectCommand({ Bucket, Key: "kept" }));
  expect(await Body!.transformToString()).toBe("kept");
  await expect.poll(() => blobs(folder)).toEqual([kept]);
  await second.stop();
  await rm(stateFolder, { recursive: true });
});
