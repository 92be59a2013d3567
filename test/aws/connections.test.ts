import { InvokeCommand } from "@aws-sdk/client-lambda";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { createServer, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";

const IDENTITY =
  "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
const EXPIRED = "<ErrorResponse><Error><Code>ExpiredToken</Code><Message>expired</Message></Error></ErrorResponse>";

let server: Server;
let aws: Aws;
let answer: (response: ServerResponse) => void;

beforeEach(async () => {
  answer = (response) => response.writeHead(200, { "content-type": "text/xml" }).end(IDENTITY);
  server = createServer((_request, response) => answer(response));
  server.keepAliveTimeout = 0;
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  aws = new Aws({ region: "eu-west-1", endpoint, credentials: { accessKeyId: "a", secretAccessKey: "b" } });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await aws.close();
  server.closeAllConnections();
  server.close();
});

const identify = async (connection: Aws) => (await connection.client("sts")).send(new GetCallerIdentityCommand({}));
const openConnections = () =>
  new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));

describe("connections", () => {
  it("have one client for each service and region", async () => {
    expect(await aws.client("sts")).toBe(await aws.client("sts"));
    expect(aws.inRegion("eu-west-1")).toBe(aws);
    expect(aws.inRegion("us-east-1")).toBe(aws.inRegion("us-east-1"));
    expect(await aws.inRegion("us-east-1").client("sts")).not.toBe(await aws.client("sts"));
  });

  it("are all closed together: of regions, of roles, and those whose credentials expired", async () => {
    const role = aws.withCredentials({ accessKeyId: "c", secretAccessKey: "d" });
    for (const one of [aws, aws.inRegion("us-east-1"), role, role.inRegion("us-east-1")]) await identify(one);
    answer = (response) => response.writeHead(403, { "content-type": "text/xml" }).end(EXPIRED);
    await expect(identify(aws)).rejects.toMatchObject({ failure: "credentials" });
    answer = (response) => response.writeHead(200, { "content-type": "text/xml" }).end(IDENTITY);
    await identify(aws);
    expect(await openConnections()).toBeGreaterThanOrEqual(5);
    await aws.close();
    await expect.poll(openConnections).toBe(0);
  });

  it("are probed while a long invoke is silent, well before a NAT gateway drops them after 350 seconds", async () => {
    const keepAlive = vi.spyOn(Socket.prototype, "setKeepAlive");
    let release: () => void = () => undefined;
    answer = (response) => (release = () => response.writeHead(200).end("{}"));
    const invoked = (await aws.client("lambda")).send(new InvokeCommand({ FunctionName: "hook" }));
    await expect.poll(() => keepAlive.mock.calls).toContainEqual([true, 60_000]);
    release();
    await invoked;
  });
});
