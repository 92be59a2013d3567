import { GetAliasCommand } from "@aws-sdk/client-lambda";
import { GetObjectCommand, HeadObjectCommand } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { AwsCallError } from "../../lib/aws/call-error.ts";
import { hasRemoteCode, isTransient, remoteError } from "../../lib/aws/remote-error.ts";
import { rationRetries } from "../../lib/aws/ration-retries.ts";

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

let server: Server;
let aws: Aws;
let answers: Answer[];
let asked: number;

beforeEach(async () => {
  asked = 0;
  server = createServer((_request, response) => {
    const answer = answers[Math.min(asked++, answers.length - 1)]!;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  aws = new Aws({ region: "eu-west-1", endpoint, credentials, profile: "work" });
});

afterEach(async () => {
  await aws.close();
  server.closeAllConnections();
  server.close();
});

async function failureOf(call: () => Promise<unknown>): Promise<AwsCallError> {
  const error = await call().then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof AwsCallError) return error;
  throw new Error(`expected a failed call, got ${String(error)}`);
}

const getAlias = async () =>
  (await aws.client("lambda")).send(new GetAliasCommand({ FunctionName: "work", Name: "live" }));
const lambdaError = (status: number, code: string, message: string): Answer => ({
  status,
  headers: { "x-amzn-errortype": code, "x-amzn-requestid": "r-1", "content-type": "application/json" },
  body: JSON.stringify({ message }),
});

describe("an error that leaves a client", () => {
  it("keeps AWS's code, words, request id and operation", async () => {
    answers = [lambdaError(404, "ResourceNotFoundException", "Cannot find alias arn: x")];
    const error = await failureOf(getAlias);
    expect(error).toMatchObject({ remoteCode: "ResourceNotFoundException", requestId: "r-1", statusCode: 404 });
    expect(error.message).toBe("ResourceNotFoundException: Cannot find alias arn: x (lambda GetAlias, request r-1)");
    expect(hasRemoteCode(error, "ResourceNotFoundException")).toBe(true);
    expect(isTransient(error)).toBe(false);
  });

  it("names the missing action that AWS names", async () => {
    const words = "User: arn:aws:iam::1:user/u is not authorized to perform: lambda:GetAlias on resource: x";
    answers = [lambdaError(403, "AccessDeniedException", words)];
    const error = await failureOf(getAlias);
    expect(error).toMatchObject({ code: "AccessDenied", fix: expect.stringContaining("`lambda:GetAlias`") });
  });

  it("names the missing actions where AWS does not", async () => {
    answers = [{ status: 403, body: "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>" }];
    const s3 = await aws.client("s3");
    const got = await failureOf(() => s3.send(new GetObjectCommand({ Bucket: "b", Key: "k" })));
    expect(got.fix).toContain("`s3:GetObject`, `s3:ListBucket`");
    answers = [{ status: 403 }];
    const head = await failureOf(() => s3.send(new HeadObjectCommand({ Bucket: "b", Key: "k" })));
    expect(head).toMatchObject({ code: "AccessDenied", fix: expect.stringContaining("`s3:GetObject`") });
  });

  it("says that credentials have expired, and how to renew them", async () => {
    answers = [lambdaError(403, "ExpiredTokenException", "The security token included in the request is expired")];
    const error = await failureOf(getAlias);
    expect(error).toMatchObject({ code: "CredentialsUnusable", fix: expect.stringContaining("--profile work") });
    expect(isTransient(error)).toBe(true);
  });

  it("says which endpoint cannot be reached, and how often it was tried", async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    const sts = await aws.client("sts");
    const error = await failureOf(() => sts.send(new GetCallerIdentityCommand({})));
    expect(error.code).toBe("EndpointUnreachable");
    expect(error.message).toMatch(
      /^http:\/\/127.*cannot be reached for sts GetCallerIdentity: ECONNREFUSED.*, 5 attempts$/,
    );
    expect(isTransient(error)).toBe(true);
  });

  it("is worth another attempt after 5xx and throttling", async () => {
    answers = [lambdaError(500, "ServiceException", "An error occurred")];
    expect(isTransient(await failureOf(getAlias))).toBe(true);
    answers = [lambdaError(429, "TooManyRequestsException", "Rate exceeded")];
    const error = await failureOf(getAlias);
    expect(error.code).toBe("CallThrottled");
    expect(isTransient(error)).toBe(true);
  });

  it("is put into the words of what was being done, with the better of two fixes", async () => {
    answers = [lambdaError(404, "ResourceNotFoundException", "Gone")];
    const refused = remoteError("AliasUnreadable", "The alias cannot be read", await failureOf(getAlias), "Deploy.");
    expect(refused).toMatchObject({ code: "AliasUnreadable", remoteCode: "ResourceNotFoundException", fix: "Deploy." });
    answers = [lambdaError(403, "ExpiredTokenException", "expired")];
    const expired = remoteError("AliasUnreadable", "The alias cannot be read", await failureOf(getAlias), "Deploy.");
    expect(expired).toMatchObject({ fix: expect.stringContaining("Renew the credentials") });
    expect(isTransient(expired)).toBe(true);
  });

  it("passes through where it is not a failed call", async () => {
    answers = [lambdaError(500, "ServiceException", "never read")];
    const lambda = await aws.client("lambda");
    const abortSignal = AbortSignal.abort();
    const call = lambda.send(new GetAliasCommand({ FunctionName: "work", Name: "live" }), { abortSignal });
    await expect(call).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("retries", () => {
  it("take a token each, and the first attempt none", async () => {
    const throttled = lambdaError(429, "TooManyRequestsException", "Rate exceeded");
    answers = [throttled, throttled, { status: 200, body: '{"FunctionVersion":"1"}' }];
    let tokens = 0;
    rationRetries(await aws.client("lambda"), { take: () => Promise.resolve(void tokens++) });
    await getAlias();
    expect({ asked, tokens }).toEqual({ asked: 3, tokens: 2 });
  });
});

describe("a connection", () => {
  it("makes one client for each region, and closes it with its own", async () => {
    const there = aws.inRegion("us-east-1");
    expect(aws.inRegion("us-east-1")).toBe(there);
    const client = await there.client("lambda");
    let destroyed = false;
    client.destroy = () => void (destroyed = true);
    await aws.close();
    expect(destroyed).toBe(true);
  });
});
