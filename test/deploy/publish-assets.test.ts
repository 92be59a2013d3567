import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FileAsset } from "../../lib/assembly/assembly.ts";
import { Aws } from "../../lib/aws/aws.ts";
import { publishAssets, type AssetJob } from "../../lib/deploy/publish-assets.ts";
import { identifyTarget, type Target } from "../../lib/deploy/target.ts";
import { SILENT_HOST } from "../../lib/io/message.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";

let cloud: TestCloud;
let target: Target;
let folder: string;
let s3: S3Client;
const never = new AbortController().signal;

beforeAll(async () => {
  cloud = await startTestCloud();
  folder = await mkdtemp(join(tmpdir(), "tidegate-assets-"));
  s3 = cloud.client(S3Client, { forcePathStyle: true });
  await s3.send(new CreateBucketCommand({ Bucket: "assets-000000000000" }));
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  target = await identifyTarget(
    new Aws({ region: "us-east-1", endpoint: cloud.endpoint, credentials }),
    "local",
    "us-east-1",
  );
});

afterAll(async () => {
  await target.aws.close();
  await cloud.stop();
  await rm(folder, { recursive: true });
});

async function jobFor(name: string, content: string, change: Partial<FileAsset> = {}): Promise<AssetJob> {
  const path = join(folder, name);
  await writeFile(path, content);
  const destination = { bucketName: "assets-${AWS::AccountId}", objectKey: name };
  const asset: FileAsset = {
    id: name,
    displayName: name,
    path,
    packaging: "file",
    destinations: [destination],
    ...change,
  };
  return { asset, destination, target };
}

const read = async (Key: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: "assets-000000000000", Key }));
  return Body!.transformToByteArray();
};

describe("publishing assets", () => {
  it("uploads a file once, and leaves it alone the next time", async () => {
    const job = await jobFor("a.txt", "hello");
    expect(await publishAssets([job, job], SILENT_HOST, never)).toEqual({
      uploaded: 1,
      unchanged: 0,
      uploadedBytes: 5,
    });
    expect(Buffer.from(await read("a.txt")).toString()).toBe("hello");
    expect(await publishAssets([job], SILENT_HOST, never)).toEqual({ uploaded: 0, unchanged: 1, uploadedBytes: 0 });
  });

  it("uploads again over an object of the same size whose bytes are damaged", async () => {
    const job = await jobFor("b.txt", "right");
    await s3.send(
      new PutObjectCommand({ Bucket: "assets-000000000000", Key: "b.txt", Body: "wrong", ChecksumAlgorithm: "SHA256" }),
    );
    expect((await publishAssets([job], SILENT_HOST, never)).uploaded).toBe(1);
    expect(Buffer.from(await read("b.txt")).toString()).toBe("right");
  });

  it("zips a folder so that the same files give the same bytes", async () => {
    await mkdir(join(folder, "code/sub"), { recursive: true });
    await writeFile(join(folder, "code/index.js"), "exports.handler = () => 1;");
    await writeFile(join(folder, "code/sub/data.json"), "{}");
    const job = await jobFor("code.zip", "", { path: join(folder, "code"), packaging: "zip" });
    await publishAssets([job], SILENT_HOST, never);
    const first = await read("code.zip");
    expect(Buffer.from(first.slice(0, 2)).toString()).toBe("PK");
    expect((await publishAssets([job], SILENT_HOST, never)).unchanged).toBe(1);
  });

  it("fails when the bucket belongs to another account, and says what to do", async () => {
    const job = await jobFor("c.txt", "c");
    const stranger = { ...job, target: { ...target, account: "111111111111" } };
    const squatted = { ...stranger, destination: { ...job.destination, bucketName: "assets-000000000000" } };
    await expect(publishAssets([squatted], SILENT_HOST, never)).rejects.toMatchObject({
      code: "UploadRefused",
      statusCode: 403,
      fix: expect.stringContaining("must belong to account 111111111111"),
    });
  });

  it("fails when the file is gone, and says where it should be", async () => {
    const job = await jobFor("d.txt", "d", { path: join(folder, "gone.txt") });
    await expect(publishAssets([job], SILENT_HOST, never)).rejects.toMatchObject({ code: "AssetUnreadable" });
  });
});
