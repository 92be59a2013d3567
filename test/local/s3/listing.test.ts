import {
  CreateBucketCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type ListObjectsV2CommandInput,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;
const Bucket = "lists";
const KEYS = [
  "date=2026-01-01/",
  "folder/a/1",
  "folder/a/2",
  "folder/b",
  "folder/c",
  "folder/é/1",
  "test key//",
  "test%123",
  "z\u{1f600}",
];

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket }));
  for (const Key of KEYS) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
});
afterAll(() => cloud.stop());

async function list(more: Partial<ListObjectsV2CommandInput> = {}) {
  const answer = await s3.send(new ListObjectsV2Command({ Bucket, ...more }));
  const names = [
    ...(answer.CommonPrefixes ?? []).map((each) => each.Prefix),
    ...(answer.Contents ?? []).map((each) => each.Key),
  ];
  return { ...answer, names };
}

describe("a listing", () => {
  test("names everything once, for any page size", async () => {
    for (const MaxKeys of [1, 2, 3, 100]) {
      const names: (string | undefined)[] = [];
      let ContinuationToken: string | undefined;
      do {
        const page = await list({ MaxKeys, ContinuationToken });
        expect(page.KeyCount).toBe(page.names.length);
        names.push(...page.names);
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken);
      expect(names).toEqual(KEYS);
    }
  });

  test("rolls keys up at a delimiter, page by page", async () => {
    const names: (string | undefined)[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ Prefix: "folder/", Delimiter: "/", MaxKeys: 1, ContinuationToken });
      names.push(...page.names);
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken);
    expect(names).toEqual(["folder/a/", "folder/b", "folder/c", "folder/é/"]);
  });

  test("begins behind a key", async () => {
    expect((await list({ StartAfter: "folder/c" })).names).toEqual(KEYS.slice(5));
    expect((await list({ StartAfter: "folder/a/1", Delimiter: "/", Prefix: "folder/" })).names[0]).toBe("folder/a/");
  });

  test("encodes names on request", async () => {
    const { Contents } = await list({ EncodingType: "url" });
    expect(Contents!.map((each) => each.Key)).toEqual([
      "date%3D2026-01-01/",
      "folder/a/1",
      "folder/a/2",
      "folder/b",
      "folder/c",
      "folder/%C3%A9/1",
      "test+key//",
      "test%25123",
      "z%F0%9F%98%80",
    ]);
  });

  test("of the first generation continues by marker", async () => {
    const first = await s3.send(new ListObjectsCommand({ Bucket, Prefix: "folder/", Delimiter: "/", MaxKeys: 1 }));
    expect(first).toMatchObject({ IsTruncated: true, NextMarker: "folder/a/", Marker: "" });
    const next = await s3.send(
      new ListObjectsCommand({ Bucket, Prefix: "folder/", Delimiter: "/", MaxKeys: 1, Marker: first.NextMarker }),
    );
    expect(next.Contents!.map((each) => each.Key)).toEqual(["folder/b"]);
  });

  test("fails when it is asked in an unknown encoding or from a wrong token", async () => {
    await expect(list({ EncodingType: "value" as "url" })).rejects.toMatchObject({
      message: "Invalid Encoding Method specified in Request",
      ArgumentValue: "value",
    });
    await expect(list({ ContinuationToken: "nonsense" })).rejects.toMatchObject({ name: "InvalidArgument" });
  });

  test("stays quick in a bucket of many keys under one prefix", async () => {
    const Bucket = "crowded";
    await s3.send(new CreateBucketCommand({ Bucket }));
    const put = (index: number) => s3.send(new PutObjectCommand({ Bucket, Key: `many/${index}`, Body: "" }));
    for (let i = 0; i < 1050; i += 50) await Promise.all(Array.from({ length: 50 }, (_, j) => put(i + j)));
    await s3.send(new PutObjectCommand({ Bucket, Key: "zoo", Body: "" }));
    const { CommonPrefixes, Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: "/" }));
    expect(CommonPrefixes).toEqual([{ Prefix: "many/" }]);
    expect(Contents!.map((each) => each.Key)).toEqual(["zoo"]);
    const all = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(all).toMatchObject({ IsTruncated: true, KeyCount: 1000 });
  });
});

test("buckets are listed by prefix and region, page by page", async () => {
  const europe = cloud.client(S3Client, { region: "eu-west-1", forcePathStyle: true });
  await europe.send(
    new CreateBucketCommand({ Bucket: "list-europe", CreateBucketConfiguration: { LocationConstraint: "eu-west-1" } }),
  );
  const { Buckets, Owner } = await s3.send(new ListBucketsCommand({ BucketRegion: "eu-west-1" }));
  expect(Buckets).toMatchObject([
    { Name: "list-europe", BucketRegion: "eu-west-1", BucketArn: "arn:aws:s3:::list-europe" },
  ]);
  expect(Owner!.ID).toMatch(/^[0-9a-f]{64}$/);
  const first = await s3.send(new ListBucketsCommand({ MaxBuckets: 1, Prefix: "list" }));
  const second = await s3.send(
    new ListBucketsCommand({ MaxBuckets: 1, Prefix: "list", ContinuationToken: first.ContinuationToken }),
  );
  expect([first, second].flatMap((page) => page.Buckets!.map((bucket) => bucket.Name))).toEqual([
    "list-europe",
    "lists",
  ]);
});
