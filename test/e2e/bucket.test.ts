import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { emptyProject, type TestProject } from "../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter } from "../helpers/starter.ts";

const APP = `
import { App, CfnOutput, Stack } from "aws-cdk-lib";
import { S3Destination } from "aws-cdk-lib/aws-lambda-destinations";
import { Bucket, Function } from "tidegate";
const app = new App();
const stack = new Stack(app, "Copies");
const bucket = new Bucket(stack, "Inbox", { versioned: true });
const copy = new Function(stack, "Copy", { entry: "functions/copy.ts", environment: { BUCKET: bucket.bucketName } });
bucket.grantReadWrite(copy);
bucket.on("s3:ObjectCreated:*", copy, { prefix: "in/" });
const fail = new Function(stack, "Fail", {
  entry: "functions/fail.ts",
  retryAttempts: 0,
  onFailure: new S3Destination(bucket),
});
bucket.on("s3:ObjectCreated:*", fail, { prefix: "bad/" });
new CfnOutput(stack, "Bucket", { value: bucket.bucketName });
app.synth();
`;

const COPY = `
import { CopyObjectCommand, S3Client } from "@aws-sdk/client-s3";
const s3 = new S3Client({});
const { BUCKET } = process.env;
export async function handler({ Records }) {
  for (const { s3: { bucket, object } } of Records) {
    if (bucket.name !== BUCKET) throw new Error("Expected " + BUCKET + ", got " + bucket.name);
    await s3.send(new CopyObjectCommand({ Bucket: BUCKET, Key: object.key.replace("in/", "out/"), CopySource: BUCKET + "/" + object.key }));
  }
}
`;

const FAIL = `
export async function handler() {
  throw new Error("failed on purpose");
}
`;

let project: TestProject;
let s3: S3Client;

beforeAll(async () => {
  project = emptyProject();
  for (const folder of ["bin", "functions"]) mkdirSync(join(project.folder, folder));
  writeFileSync(join(project.folder, "bin/app.ts"), APP);
  writeFileSync(join(project.folder, "functions/copy.ts"), COPY);
  writeFileSync(join(project.folder, "functions/fail.ts"), FAIL);
  const context = { tidegate: { stages: { local: {} } } };
  writeFileSync(join(project.folder, "cdk.json"), JSON.stringify({ app: "node bin/app.ts", context }));
  await project.tidegate("local", "start");
  s3 = new S3Client({ ...(await clientOptions(project)), forcePathStyle: true });
});

afterAll(async () => {
  s3.destroy();
  await project.remove();
});

it("a function receives events of a bucket that it reads, and the bucket is deleted with all its versions", async () => {
  const { Bucket } = await deployStarter(project);
  expect(Bucket).toMatch(/^copies-inbox-[0-9a-f]{8}-000000000000-us-east-1-an$/);
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: "tea" }));
  const keys = async () => ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key }) => Key);

  for (const key of ["in/one", "in/one", "other/one"]) await put(key);
  await expect.poll(keys).toEqual(["in/one", "other/one", "out/one"]);

  await put("bad/one");
  const records = async () => (await keys()).filter((key) => /^aws\/lambda\/async\/[^/]*Fail[^/]*\//.test(key ?? ""));
  await expect.poll(records).toHaveLength(1);

  // First the bucket has no subscriber, then another event has one: the bucket and the function's version stay the
  // same.
  project.edit("bin/app.ts", (text) => text.replaceAll(/^bucket\.on.*$/gm, ""));
  expect(await deployStarter(project)).toEqual({ Bucket });
  await put("in/two");
  project.edit("bin/app.ts", (text) =>
    text.replace("new CfnOutput", 'bucket.on("s3:ObjectRemoved:*", copy);\nnew CfnOutput'),
  );
  expect(await deployStarter(project)).toEqual({ Bucket });
  expect(await keys()).toEqual([...(await records()), "bad/one", "in/one", "in/two", "other/one", "out/one"]);

  await destroyStarter(project);
  await expect(keys()).rejects.toMatchObject({ name: "NoSuchBucket" });
});
