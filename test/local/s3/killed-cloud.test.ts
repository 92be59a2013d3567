import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startTestCloud } from "../../helpers/cloud.ts";

const PROGRAM = join(import.meta.dirname, "../lambda/cloud-process.ts");
const Bucket = "acknowledged";
const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

async function startProcess(stateFolder: string): Promise<{ child: ChildProcess; client: S3Client }> {
  const child = spawn(process.execPath, [PROGRAM, stateFolder], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = line.toString().trim();
  const client = new S3Client({ endpoint, region: "us-east-1", credentials, forcePathStyle: true, maxAttempts: 1 });
  return { child, client };
}

test("a killed cloud has lost nothing that it acknowledged, and no bytes that a record refers to", async () => {
  const stateFolder = await mkdtemp(join(tmpdir(), "tidegate-s3-"));
  folders.push(stateFolder);
  const { child, client } = await startProcess(stateFolder);
  await client.send(new CreateBucketCommand({ Bucket }));
  const acknowledged = new Map<string, string | undefined>();
  const write = async (worker: number) => {
    for (let i = 0; ; i++) {
      const Key = `${worker}/${i % 5}`;
      // What is under way when the cloud dies may be there or not.
      acknowledged.delete(Key);
      if (i % 7 === 6) {
        await client.send(new DeleteObjectCommand({ Bucket, Key }));
        acknowledged.set(Key, undefined);
      } else {
        // Contents that several workers share, so that blobs come, go and come again.
        const Body = `content ${(worker + i) % 4}`;
        await client.send(new PutObjectCommand({ Bucket, Key, Body }));
        acknowledged.set(Key, Body);
      }
    }
  };
  const workers = [1, 2, 3, 4].map((worker) => write(worker).catch(() => undefined));
  await new Promise((resolve) => setTimeout(resolve, 700));
  child.kill("SIGKILL");
  await Promise.all(workers);
  client.destroy();
  expect(acknowledged.size).toBeGreaterThan(5);

  const cloud = await startTestCloud({ stateFolder });
  const s3 = cloud.client(S3Client, { forcePathStyle: true });
  const read = (Key: string) =>
    s3.send(new GetObjectCommand({ Bucket, Key })).then(
      ({ Body }) => Body!.transformToString(),
      (error: Error) => {
        if (error.name !== "NoSuchKey") throw error;
        return undefined;
      },
    );
  for (const [key, content] of acknowledged) expect([key, await read(key)]).toEqual([key, content]);
  for (const worker of [1, 2, 3, 4]) {
    for (let i = 0; i < 5; i++) expect(String(await read(`${worker}/${i}`))).toMatch(/^(content \d|undefined)$/);
  }
  await cloud.stop();
});
