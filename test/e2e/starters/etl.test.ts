import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { TestProject } from "../../helpers/project.ts";
import { clientOptions, deployStarter, destroyStarter, starterProject } from "../../helpers/starter.ts";

let project: TestProject;
let outputs: Readonly<Record<string, string>>;
let s3: S3Client;
let dynamodb: DynamoDBClient;

beforeAll(async () => {
  project = await starterProject("etl");
  outputs = await deployStarter(project);
  const options = await clientOptions(project);
  s3 = new S3Client({ ...options, forcePathStyle: true });
  dynamodb = new DynamoDBClient(options);
});

afterAll(async () => {
  s3.destroy();
  dynamodb.destroy();
  await project.remove();
});

const put = (name: string, lines: readonly string[]) =>
  s3.send(
    new PutObjectCommand({
      Bucket: outputs["BucketName"],
      Key: `in/${name}`,
      Body: ["id,product,price", ...lines, ""].join("\n"),
    }),
  );

/** The values of a row without their types; nothing where there is no row. */
async function row(table: string, key: Record<string, string>): Promise<Record<string, string> | undefined> {
  const Key = Object.fromEntries(Object.entries(key).map(([name, value]) => [name, { S: value }]));
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: outputs[table], Key }));
  return Item && Object.fromEntries(Object.entries(Item).map(([name, { S, N }]) => [name, S ?? N ?? ""]));
}

const report = (name: string) => row("ReportsName", { file: `in/${name}` });
const product = (id: string) => row("ProductsName", { id });
const soon = { interval: 100 };

/** All lines that were refused of a file. */
async function refused(name: string): Promise<unknown[]> {
  const Bucket = outputs["BucketName"];
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `refused/${name}/` }));
  const texts = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      return Body!.transformToString();
    }),
  );
  return texts.flatMap((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as unknown),
  );
}

it("a file's lines are loaded or put aside, and releases move functions and workflow", async () => {
  await put("goods.csv", ["tea,Green tea,4.50", "milk,Milk,free", ",Nobody's,1", '"pot"," Pot, large ",30']);
  await expect.poll(() => report("goods.csv"), soon).toMatchObject({ status: "loaded", loaded: "2", refused: "2" });
  expect(await product("tea")).toEqual({ id: "tea", product: "Green tea", cents: "450" });
  expect(await product("pot")).toEqual({ id: "pot", product: "Pot, large", cents: "3000" });
  expect(await refused("goods.csv")).toEqual([
    { line: { id: "milk", product: "Milk", price: "free" }, why: "price: got 'free'; allowed are amounts like 4.50" },
    { line: { id: "", product: "Nobody's", price: "1" }, why: "id: is missing" },
  ]);

  const many = Array.from({ length: 1_234 }, (_, index) => `many-${index},Thing ${index},${index}.25`);
  await put("many.csv", many);
  await put("none.csv", []);
  await put("notes.txt", ["tea,Black tea,1"]);
  await expect.poll(() => report("none.csv"), soon).toMatchObject({ loaded: "0", refused: "0" });
  await expect.poll(() => report("many.csv"), soon).toMatchObject({ loaded: "1234", refused: "0" });
  expect(await product("many-1233")).toMatchObject({ cents: "123325" });

  // Nothing but refused lines; and an id that is too long for a key of the table, so that the file fails.
  await put("bad.csv", ["milk,Milk,free"]);
  await put("long.csv", [`${"x".repeat(3_000)},Long,1`]);
  await expect.poll(() => report("bad.csv"), soon).toMatchObject({ status: "loaded", loaded: "0", refused: "1" });
  await expect
    .poll(() => report("long.csv"), soon)
    .toMatchObject({ status: "failed", why: expect.stringMatching(/^States\./) as string });

  project.edit("functions/transform.ts", (text) =>
    text.replace("product: product.trim()", "product: product.trim().toUpperCase()"),
  );
  project.edit("workflows/load.asl.json", (text) => text.replace('"S": "loaded"', '"S": "loaded again"'));
  expect(await deployStarter(project)).toEqual(outputs);
  await put("second.csv", ["tea,Green tea,5"]);
  await expect.poll(() => report("second.csv"), soon).toMatchObject({ status: "loaded again" });
  expect(await product("tea")).toMatchObject({ product: "GREEN TEA", cents: "500" });

  expect((await project.tidegate("rollback")).exitCode).toBe(0);
  await put("third.csv", ["tea,Green tea,6"]);
  await expect.poll(() => report("third.csv"), soon).toMatchObject({ status: "loaded" });
  expect(await product("tea")).toMatchObject({ product: "Green tea", cents: "600" });

  await destroyStarter(project);
  await expect(s3.send(new ListObjectsV2Command({ Bucket: outputs["BucketName"] }))).rejects.toMatchObject({
    name: "NoSuchBucket",
  });
});
