import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";
import { assumeNewRole, type RoleSession } from "../../helpers/role-session.ts";

let cloud: TestCloud;
let caller: RoleSession;
let own: S3Client;
let s3: S3Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  own = cloud.client(S3Client, { forcePathStyle: true });
  caller = await assumeNewRole(cloud, "cleaner");
  s3 = cloud.client(S3Client, { forcePathStyle: true, credentials: caller.credentials });
});

afterAll(() => cloud.stop());

const refusal = (action: string, arn: string) => ({
  Code: "AccessDenied",
  Message: `User: ${caller.sessionArn} is not authorized to perform: ${action} on resource: "${arn}" because no identity-based policy allows the ${action} action`,
});

async function fill(Bucket: string, ...keys: readonly string[]): Promise<void> {
  await own.send(new CreateBucketCommand({ Bucket }));
  for (const Key of keys) await own.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
}

async function keysOf(Bucket: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await own.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
}

test("DeleteObjects deletes what its caller may delete, and answers each other key with its refusal", async () => {
  await fill("files", "in/a", "in/b", "out/c");
  await caller.allow(
    { Effect: "Allow", Action: "s3:DeleteObject", Resource: "arn:aws:s3:::files/in/*" },
    { Effect: "Deny", Action: "s3:DeleteObject", Resource: "arn:aws:s3:::files/in/b" },
  );
  const Objects = ["in/a", "in/b", "out/c"].map((Key) => ({ Key }));
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: "files", Delete: { Objects } }));
  const denied = `User: ${caller.sessionArn} is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::files/in/b" with an explicit deny in an identity-based policy`;
  expect(Deleted).toEqual([{ Key: "in/a" }]);
  expect(Errors).toEqual([
    { Key: "in/b", Code: "AccessDenied", Message: denied },
    { Key: "out/c", ...refusal("s3:DeleteObject", "arn:aws:s3:::files/out/c") },
  ]);
  expect(await keysOf("files")).toEqual(["in/b", "out/c"]);
});

test("a version needs a permission of its own", async () => {
  await fill("versions");
  const VersioningConfiguration = { Status: "Enabled" as const };
  await own.send(new PutBucketVersioningCommand({ Bucket: "versions", VersioningConfiguration }));
  const { VersionId } = await own.send(new PutObjectCommand({ Bucket: "versions", Key: "a", Body: "x" }));
  await caller.allow({ Effect: "Allow", Action: "s3:DeleteObject", Resource: "arn:aws:s3:::versions/*" });
  const Delete = { Objects: [{ Key: "a", VersionId }] };
  const { Deleted, Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: "versions", Delete }));
  expect(Deleted).toBeUndefined();
  expect(Errors).toEqual([{ Key: "a", VersionId, ...refusal("s3:DeleteObjectVersion", "arn:aws:s3:::versions/a") }]);
});

test("a bucket's policy can deny a key to a caller that may delete all", async () => {
  await fill("guarded", "a", "b");
  await caller.allow({ Effect: "Allow", Action: "s3:*", Resource: "*" });
  const Resource = "arn:aws:s3:::guarded/b";
  const Statement = { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
  await own.send(new PutBucketPolicyCommand({ Bucket: "guarded", Policy }));
  const Objects = [{ Key: "a" }, { Key: "b" }];
  const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket: "guarded", Delete: { Objects, Quiet: true } }));
  expect(Errors).toEqual([
    {
      Key: "b",
      Code: "AccessDenied",
      Message: expect.stringContaining("with an explicit deny in a resource-based policy") as string,
    },
  ]);
  expect(await keysOf("guarded")).toEqual(["b"]);
});
