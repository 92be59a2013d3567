import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  s3 = cloud.client(S3Client, { forcePathStyle: true });
});
afterAll(() => cloud.stop());

async function bucket(Bucket: string) {
  await s3.send(new CreateBucketCommand({ Bucket }));
  return {
    Bucket,
    keep: (Status: "Enabled" | "Suspended") =>
      s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } })),
    put: async (Key: string, Body: string) => (await s3.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId,
    remove: (Key: string, VersionId?: string) => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })),
    read: async (Key: string, VersionId?: string) =>
      (await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body!.transformToString(),
    list: (more: object = {}) => s3.send(new ListObjectVersionsCommand({ Bucket, ...more })),
  };
}

test("versions stay until each is deleted", async () => {
  const b = await bucket("versions");
  expect(await b.put("k", "null")).toBeUndefined();
  await b.keep("Enabled");
  const one = await b.put("k", "one");
  const two = await b.put("k", "two");
  expect(one).toMatch(/^\w{32}$/);
  expect(await b.read("k")).toBe("two");
  expect(await b.read("k", one)).toBe("one");
  expect(await b.read("k", "null")).toBe("null");
  const marker = await b.remove("k");
  expect(marker).toMatchObject({ DeleteMarker: true });
  await expect(b.read("k")).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(b.read("k", marker.VersionId)).rejects.toMatchObject({
    name: "MethodNotAllowed",
    Method: "GET",
    ResourceType: "DeleteMarker",
  });
  expect((await s3.send(new ListObjectsV2Command({ Bucket: "versions" }))).KeyCount).toBe(0);
  const { Versions, DeleteMarkers } = await b.list();
  expect(Versions!.map(({ VersionId, IsLatest }) => [VersionId, IsLatest])).toEqual([
    [two, false],
    [one, false],
    ["null", false],
  ]);
  expect(DeleteMarkers).toMatchObject([{ VersionId: marker.VersionId, IsLatest: true }]);
  expect(await b.remove("k", marker.VersionId)).toMatchObject({ DeleteMarker: true, VersionId: marker.VersionId });
  expect(await b.read("k")).toBe("two");
  await b.remove("k", two);
  expect(await b.read("k")).toBe("one");
  await expect(s3.send(new DeleteBucketCommand({ Bucket: "versions" }))).rejects.toMatchObject({
    message: "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
  });
});

test("where versioning is suspended, the null version is replaced and the others stay", async () => {
  const b = await bucket("suspended");
  await b.keep("Enabled");
  const one = await b.put("k", "one");
  await b.keep("Suspended");
  await b.put("k", "first null");
  await b.put("k", "second null");
  expect((await b.list()).Versions!.map(({ VersionId }) => VersionId)).toEqual(["null", one]);
  expect(await b.remove("k")).toMatchObject({ DeleteMarker: true, VersionId: "null" });
  const { Versions, DeleteMarkers } = await b.list();
  expect(Versions!.map(({ VersionId }) => VersionId)).toEqual([one]);
  expect(DeleteMarkers!.map(({ VersionId }) => VersionId)).toEqual(["null"]);
});

test("versions are listed page by page, also when the last one of a page goes", async () => {
  const b = await bucket("version-pages");
  await b.keep("Enabled");
  const ids: (string | undefined)[] = [];
  for (const key of ["a/1", "a/1", "a/1", "b"]) ids.unshift(await b.put(key, "x"));
  const first = await b.list({ MaxKeys: 2, Prefix: "a/" });
  expect(first).toMatchObject({ IsTruncated: true, NextKeyMarker: "a/1", NextVersionIdMarker: ids[2] });
  const marker = { KeyMarker: first.NextKeyMarker, VersionIdMarker: first.NextVersionIdMarker };
  await b.remove("a/1", ids[2]);
  const rest = await b.list(marker);
  expect(rest.Versions!.map(({ VersionId }) => VersionId)).toEqual([ids[3], ids[0]]);
  expect((await b.list({ KeyMarker: "a/1" })).Versions!.map(({ Key }) => Key)).toEqual(["b"]);
  const rolled = await b.list({ Delimiter: "/" });
  expect(rolled.CommonPrefixes).toEqual([{ Prefix: "a/" }]);
  await expect(b.list({ VersionIdMarker: ids[0] })).rejects.toMatchObject({ name: "InvalidArgument" });
});

test("fails when a version id cannot be one, or names nothing", async () => {
  const b = await bucket("version-ids");
  await b.keep("Enabled");
  const id = await b.put("k", "x");
  await expect(b.read("k", "what")).rejects.toMatchObject({
    name: "InvalidArgument",
    message: "Invalid version id specified",
    ArgumentName: "versionId",
  });
  await expect(b.read("other", id)).rejects.toMatchObject({ name: "NoSuchVersion" });
  expect(await b.remove("other", id)).toMatchObject({ VersionId: id });
});

test("tags belong to a version", async () => {
  const b = await bucket("version-tags");
  await b.keep("Enabled");
  const one = await b.put("k", "one");
  const two = await b.put("k", "two");
  const Tagging = { TagSet: [{ Key: "a", Value: "1" }] };
  await s3.send(new PutObjectTaggingCommand({ Bucket: b.Bucket, Key: "k", VersionId: one, Tagging }));
  const tags = (VersionId?: string) => s3.send(new GetObjectTaggingCommand({ Bucket: b.Bucket, Key: "k", VersionId }));
  expect(await tags(one)).toMatchObject({ ...Tagging, VersionId: one });
  expect(await tags()).toMatchObject({ TagSet: [], VersionId: two });
});

test("an old version is restored by copying it onto the object", async () => {
  const b = await bucket("version-copy");
  await b.keep("Enabled");
  const one = await b.put("k", "one");
  await b.put("k", "two");
  const CopySource = `version-copy/k?versionId=${one}`;
  const copied = await s3.send(new CopyObjectCommand({ Bucket: b.Bucket, Key: "k", CopySource }));
  expect(copied.CopySourceVersionId).toBe(one);
  expect(await b.read("k")).toBe("one");
});

test("many objects are deleted at once, those that are missing too", async () => {
  const b = await bucket("many-deletes");
  await b.put("a", "1");
  const Delete = { Objects: [{ Key: "a" }, { Key: "never" }] };
  const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket: b.Bucket, Delete }));
  expect(Deleted).toEqual([{ Key: "a" }, { Key: "never" }]);
  await expect(s3.send(new DeleteObjectsCommand({ Bucket: b.Bucket, Delete: { Objects: [] } }))).rejects.toMatchObject({
    name: "MalformedXML",
  });
});

test("a locked version stays until its time is over", async () => {
  const Bucket = "locked";
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  const version = { Bucket, Key: "k", VersionId };
  const RetainUntilDate = new Date(cloud.clock.now() + 3_600_000);
  await s3.send(new PutObjectRetentionCommand({ ...version, Retention: { Mode: "GOVERNANCE", RetainUntilDate } }));
  const refused = { name: "AccessDenied", message: "Access Denied because object protected by object lock." };
  await expect(s3.send(new DeleteObjectCommand(version))).rejects.toMatchObject(refused);
  const head = await s3.send(new HeadObjectCommand(version));
  expect(head.ObjectLockMode).toBe("GOVERNANCE");
  await cloud.clock.advance(3_700_000);
  await s3.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: "ON" } }));
  await expect(s3.send(new DeleteObjectCommand(version))).rejects.toMatchObject(refused);
  await s3.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: "OFF" } }));
  await s3.send(new DeleteObjectCommand(version));
});

test("fails to lock with a body that is not well-formed before the bucket's lock counts, and names a past date as AWS does", async () => {
  const plain = await bucket("not-locked");
  await plain.put("k", "x");
  const version = { Bucket: plain.Bucket, Key: "k" };
  const malformed = { name: "MalformedXML" };
  await expect(s3.send(new PutObjectLegalHoldCommand(version))).rejects.toMatchObject(malformed);
  const Retention = { Mode: "GOVERNANCE" } as const;
  await expect(s3.send(new PutObjectRetentionCommand({ ...version, Retention }))).rejects.toMatchObject(malformed);
  await expect(
    s3.send(new PutObjectLegalHoldCommand({ ...version, LegalHold: { Status: "ON" } })),
  ).rejects.toMatchObject({ name: "InvalidRequest" });

  const Bucket = "locked-in-the-past";
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }));
  const past = { ...Retention, RetainUntilDate: new Date("2020-01-01T00:00:00Z") };
  await expect(s3.send(new PutObjectRetentionCommand({ Bucket, Key: "k", Retention: past }))).rejects.toMatchObject({
    ArgumentValue: "Tue Dec 31 16:00:00 PST 2019",
  });
});

test("metadata that was encoded without need comes back as it is, the rest encoded", async () => {
  const Bucket = (await bucket("encoded-metadata")).Bucket;
  const Metadata = { plain: "=?UTF-8?B?YWJj?=", quoted: "=?UTF-8?Q?a_b=21?=", kept: "=?UTF-8?Q?=C3=84?=" };
  await s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x", Metadata }));
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "k" }));
  expect(head.Metadata).toEqual({ plain: "abc", quoted: "a b!", kept: "=?UTF-8?Q?=C3=84?=" });
});
