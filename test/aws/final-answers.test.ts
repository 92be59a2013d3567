import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { DescribeChangeSetCommand } from "@aws-sdk/client-cloudformation";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { isLoopback } from "../../lib/aws/is-loopback.ts";

/** Calls to an endpoint whose clock is an hour ahead of this machine's, and runs sixty times as fast. */

let server: Server;
let aws: Aws;
let calls: number;
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  calls = 0;
  const start = Date.now();
  server = createServer((_request, response) => {
    calls += 1;
    const time = start + 3_600_000 + (Date.now() - start) * 60 + calls * 1000;
    response.setHeader("date", new Date(time).toUTCString());
    answer(response);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  aws = new Aws({ region: "us-east-1", endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
});

afterEach(async () => {
  await aws.close();
  server.closeAllConnections();
  server.close();
});

const xml = (status: number, code: string) => (response: ServerResponse) =>
  response
    .writeHead(status, { "content-type": "text/xml" })
    .end(`<ErrorResponse><Error><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`);

const describeChangeSet = async () =>
  (await aws.client("cloudformation")).send(new DescribeChangeSetCommand({ ChangeSetName: "none", StackName: "s" }));

test("an answer that something is missing is not asked for again", async () => {
  answer = xml(404, "ChangeSetNotFound");
  await expect(describeChangeSet()).rejects.toMatchObject({ remoteCode: "ChangeSetNotFoundException" });
  expect(calls).toBe(1);
});

test("nor is a missing object", async () => {
  answer = (response) =>
    response.writeHead(404, { "content-type": "application/xml" }).end("<Error><Code>NoSuchKey</Code></Error>");
  const s3 = await aws.client("s3");
  await expect(s3.send(new GetObjectCommand({ Bucket: "b", Key: "k" }))).rejects.toMatchObject({
    remoteCode: "NoSuchKey",
  });
  answer = (response) => response.writeHead(404).end();
  await expect(s3.send(new HeadObjectCommand({ Bucket: "b", Key: "k" }))).rejects.toMatchObject({ statusCode: 404 });
  expect(calls).toBe(2);
});

test("a refused signature is made again by the endpoint's time", async () => {
  let refused = 0;
  answer = (response) => {
    if (refused++ === 0) xml(403, "SignatureDoesNotMatch")(response);
    else xml(404, "ChangeSetNotFound")(response);
  };
  await expect(describeChangeSet()).rejects.toMatchObject({ remoteCode: "ChangeSetNotFoundException" });
  expect(calls).toBe(2);
});

test("an endpoint on this machine is recognised by its name", () => {
  const local = ["http://127.0.0.1:4566", "http://localhost:1", "https://[::1]:2", "http://s3.localhost:3"];
  expect(local.map(isLoopback)).toEqual(local.map(() => true));
  const others = [
    undefined,
    "",
    "http://10.0.0.1",
    "https://lambda.us-east-1.amazonaws.com",
    "http://localhost.example.org",
  ];
  expect(others.map(isLoopback)).toEqual(others.map(() => false));
});
