import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, startCloud, type TestApp, type TestCloud } from "tidegate/testing";

let cloud: TestCloud;
let app: TestApp;

beforeAll(async () => {
  cloud = await startCloud();
  app = await cloud.deploy();
});
afterAll(() => cloud.stop());

test("a batch of lines is transformed, or refused with the reason", async () => {
  const tea = { id: "tea", product: " Green tea ", price: "4.50" };
  const milk = { id: "milk", product: "Milk", price: "free" };
  expect(await app.invoke("Transform", { lines: [tea, milk] })).toEqual({
    products: [{ id: "tea", product: "Green tea", cents: 450 }],
    refused: [{ line: milk, why: "price: got 'free'; allowed are amounts like 4.50" }],
  });
});

test("a file that arrives is loaded, and its refused lines are kept", async () => {
  const s3 = app.client(S3Client);
  const Bucket = app.outputs["BucketName"];
  const Body = "id,product,price\ntea,Green tea,4.50\nmilk,Milk,free\n";
  await s3.send(new PutObjectCommand({ Bucket, Key: "in/goods.csv", Body }));
  await eventually(async () => {
    const refused = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "refused/goods.csv/" }));
    expect(refused.Contents).toHaveLength(1);
  });
});
