import { CreateFunctionCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROLE, startLambda, zipOf, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;

beforeAll(async () => {
  fixture = await startLambda();
});
afterAll(() => fixture.cloud.stop());

describe("a synchronous invocation", () => {
  it("runs the handler with the event and the context", async () => {
    await fixture.make(
      "echo",
      `exports.handler = async (event, context) => ({ event, arn: context.invokedFunctionArn, name: context.functionName,
        version: context.functionVersion, memory: context.memoryLimitInMB, group: context.logGroupName,
        left: context.getRemainingTimeInMillis(), id: context.awsRequestId })`,
    );
    const { payload, executedVersion } = await fixture.call("echo", { hello: "wörld" });
    expect(payload).toMatchObject({
      event: { hello: "wörld" },
      arn: "arn:aws:lambda:us-east-1:000000000000:function:echo",
      name: "echo",
      version: "$LATEST",
      memory: "128",
      group: "/aws/lambda/echo",
    });
    const { left, id } = payload as { left: number; id: string };
    expect(left).toBeGreaterThan(2000);
    expect(left).toBeLessThanOrEqual(3000);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(executedVersion).toBe("$LATEST");
  });

  it("passes an empty object when there is no payload", async () => {
    expect((await fixture.call("echo")).payload).toMatchObject({ event: {} });
  });

  it("reuses a warm instance", async () => {
    await fixture.make("count", "let n = 0; exports.handler = async () => ++n");
    expect((await fixture.call("count")).payload).toBe(1);
    expect((await fixture.call("count")).payload).toBe(2);
  });

  it("takes its code from S3", async () => {
    const s3 = fixture.cloud.client(S3Client);
    await s3.send(new CreateBucketCommand({ Bucket: "code" }));
    const Body = await zipOf({ "src/app.js": "exports.run = async () => 'from S3'" });
    await s3.send(new PutObjectCommand({ Bucket: "code", Key: "app.zip", Body }));
    await fixture.make("from-s3", "", { Code: { S3Bucket: "code", S3Key: "app.zip" }, Handler: "src/app.run" });
    expect((await fixture.call("from-s3")).payload).toBe("from S3");
  });

  it("answers the last 4 KB of the log when asked for the tail", async () => {
    await fixture.make(
      "logs",
      "exports.handler = async () => { console.log('one\\ntwo'); process.stdout.write('raw\\n') }",
    );
    const { log } = await fixture.call("logs", {}, { LogType: "Tail" });
    const id = /START RequestId: (\S+) Version: \$LATEST\n/.exec(log)?.[1];
    expect(log).toContain(`\t${id}\tINFO\tone\ntwo\n`);
    expect(log).toContain("raw\n");
    expect(log).toContain(`END RequestId: ${id}\n`);
    expect(log).toMatch(
      /REPORT RequestId: \S+\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms\t\n$/,
    );
  });

  it("reports what the handler threw", async () => {
    await fixture.make("throws", "exports.handler = async () => { throw new TypeError('no way') }");
    const { payload, functionError, executedVersion } = await fixture.call("throws");
    expect(functionError).toBe("Unhandled");
    expect(executedVersion).toBe("$LATEST");
    expect(payload).toMatchObject({ errorType: "TypeError", errorMessage: "no way" });
    expect((payload as { trace: string[] }).trace[0]).toBe("TypeError: no way");
  });

  it("only looks whether it could, as a dry run", async () => {
    const answer = await fixture.lambda.send(new InvokeCommand({ FunctionName: "echo", InvocationType: "DryRun" }));
    expect(answer.StatusCode).toBe(204);
    expect(answer.Payload?.byteLength ?? 0).toBe(0);
  });

  it("fails when the function does not exist", async () => {
    await expect(fixture.call("missing")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:missing:$LATEST",
    });
  });

  it("fails when the payload is not JSON", async () => {
    await expect(fixture.call("echo", undefined, { Payload: Buffer.from([0x99, 1]) })).rejects.toMatchObject({
      name: "InvalidRequestContentException",
      message: expect.stringContaining("Unexpected character ((CTRL-CHAR, code 153))") as string,
    });
  });

  it("fails when the zip is damaged", async () => {
    const creating = fixture.lambda.send(
      new CreateFunctionCommand({
        FunctionName: "damaged",
        Runtime: "nodejs22.x",
        Role: ROLE,
        Handler: "index.handler",
        Code: { ZipFile: Buffer.from("not a zip") },
      }),
    );
    await expect(creating).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "Could not unzip uploaded file. Please check your file, then try to upload again.",
    });
  });
});
