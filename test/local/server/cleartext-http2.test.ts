import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, S3Client, PutObjectCommand, CreateBucketCommand } from "@aws-sdk/client-s3";
import { KinesisClient } from "@aws-sdk/client-kinesis";
import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

let cloud: TestCloud;

beforeAll(async () => {
  cloud = await startTestCloud();
});
afterAll(() => cloud.stop());

/** The SDK's default request handler for Kinesis. */
const http2Handler = () => new KinesisClient({ region: "us-east-1" }).config.requestHandler;

test("a client that speaks HTTP/2 in cleartext is answered, many calls on one connection", async () => {
  const client = cloud.client(DynamoDBClient, { requestHandler: http2Handler() });
  const answers = await Promise.all(Array.from({ length: 20 }, () => client.send(new ListTablesCommand({}))));
  expect(answers.map(({ TableNames }) => TableNames)).toEqual(answers.map(() => []));
});

test("bodies of megabytes go both ways over HTTP/2", async () => {
  const client = cloud.client(S3Client, { requestHandler: http2Handler(), forcePathStyle: true });
  const Body = Buffer.alloc(3 * 1024 * 1024, "x");
  await client.send(new CreateBucketCommand({ Bucket: "big" }));
  await client.send(new PutObjectCommand({ Bucket: "big", Key: "one", Body }));
  const read = await client.send(new GetObjectCommand({ Bucket: "big", Key: "one" }));
  expect((await read.Body!.transformToByteArray()).byteLength).toBe(Body.byteLength);
});

test("HTTP/2 from a foreign host is refused as HTTP/1 is", async () => {
  const session = connectHttp2(cloud.endpoint);
  const stream = session.request({ ":path": "/", ":authority": "evil.example" });
  const [headers] = (await once(stream, "response")) as [{ ":status": number }];
  expect(headers[":status"]).toBe(403);
  stream.close();
  session.close();
});

test("a request that comes byte by byte is recognized by its first bytes", async () => {
  const socket = connect(cloud.port, "127.0.0.1");
  const answer = once(socket, "data");
  for (const byte of "PUT /_tidegate/health HTTP/1.1\r\n") socket.write(byte);
  socket.write(`host: 127.0.0.1:${cloud.port}\r\ncontent-length: 0\r\n\r\n`);
  expect(String(await answer)).toMatch(/^HTTP\/1\.1 404 /);
  socket.destroy();
});

test("a cloud stops although an HTTP/2 connection is open", async () => {
  const other = await startTestCloud();
  const session = connectHttp2(other.endpoint);
  session.on("error", () => undefined);
  await once(session, "connect");
  const closed = new Promise((resolve) => session.once("close", resolve));
  await other.stop();
  await expect(closed).resolves.not.toThrow();
});

test("a cloud stops although a connection is open on which nothing was said", async () => {
  const other = await startTestCloud();
  const socket = connect(other.port, "127.0.0.1");
  await once(socket, "connect");
  const closed = once(socket, "close");
  await other.stop();
  await expect(closed).resolves.not.toThrow();
});

test("requests that are broken off at any moment harm no other", async () => {
  const session = connectHttp2(cloud.endpoint);
  session.on("error", () => undefined);
  const headers = {
    ":method": "POST",
    ":path": "/",
    ":authority": `127.0.0.1:${cloud.port}`,
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "DynamoDB_20120810.ListTables",
  };
  const endings = Array.from({ length: 60 }, (_, n) => {
    const stream = session.request(headers);
    stream.on("error", () => undefined);
    const ending = new Promise((resolve) => stream.once("close", resolve));
    stream.write("{");
    setTimeout(() => stream.close(constants.NGHTTP2_CANCEL), n % 12);
    if (n % 2 === 0) setTimeout(() => stream.end("}"), n % 7);
    return ending;
  });
  await Promise.all(endings);
  session.destroy();
  const client = cloud.client(DynamoDBClient, { requestHandler: http2Handler() });
  await expect(client.send(new ListTablesCommand({}))).resolves.toMatchObject({ TableNames: [] });
});
