import * as sdk from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROLE, startLambda, zipOf, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
const FunctionName = "app";
const ARN = "arn:aws:lambda:us-east-1:000000000000:function:app";

beforeAll(async () => {
  fixture = await startLambda();
  await fixture.make(FunctionName, "exports.handler = async () => 1");
  await fixture.lambda.send(new sdk.PublishVersionCommand({ FunctionName }));
  await fixture.lambda.send(new sdk.CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
});
afterAll(() => fixture.cloud.stop());

describe("settings", () => {
  const Code = async () => ({ ZipFile: await zipOf({ "index.js": "exports.handler = async () => 1" }) });
  const roleText = String.raw`1 validation error detected: Value 'not-a-role' at 'role' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+`;
  it.each<[string, Partial<sdk.CreateFunctionCommandInput>, string, string]>([
    [
      "memory is too small",
      { MemorySize: 64 },
      "ValidationException",
      "1 validation error detected: Value '64' at 'memorySize' failed to satisfy constraint: Member must have value greater than or equal to 128",
    ],
    [
      "memory is too large",
      { MemorySize: 10_241 },
      "ValidationException",
      "1 validation error detected: Value '10241' at 'memorySize' failed to satisfy constraint: Member must have value less than or equal to 10240",
    ],
    [
      "the timeout is too long",
      { Timeout: 901 },
      "ValidationException",
      "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900",
    ],
    ["the role is not an ARN", { Role: "not-a-role" }, "ValidationException", roleText],
    [
      "the runtime is retired",
      { Runtime: "nodejs14.x" },
      "InvalidParameterValueException",
      "The runtime parameter of nodejs14.x is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions.",
    ],
    [
      "a variable is reserved",
      { Environment: { Variables: { AWS_REGION: "x" } } },
      "InvalidParameterValueException",
      "Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION",
    ],
    [
      "there are six layers",
      { Layers: Array.from({ length: 6 }, (_, i) => `arn:aws:lambda:us-east-1:000000000000:layer:l${i}:1`) },
      "InvalidParameterValueException",
      "Cannot reference more than 5 layers.",
    ],
    [
      "the name is too long",
      { FunctionName: "a".repeat(65) },
      "InvalidParameterValueException",
      `1 validation error detected: Value '${"a".repeat(65)}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    ],
    ["it exists", { FunctionName }, "ResourceConflictException", "Function already exist: app"],
  ])("fail when %s", async (_case, input, name, message) => {
    const command = new sdk.CreateFunctionCommand({
      FunctionName: "new",
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Role: ROLE,
      Code: await Code(),
      ...input,
    });
    await expect(fixture.lambda.send(command)).rejects.toMatchObject({ name, message });
  });

  it("fail when the variables hold more than 4 KB", async () => {
    const Environment = { Variables: { LONG: "x".repeat(4096) } };
    const command = new sdk.UpdateFunctionConfigurationCommand({ FunctionName, Environment });
    await expect(fixture.lambda.send(command)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: expect.stringContaining("exceeded the 4KB limit. String measured: {") as string,
    });
  });

  it("show that an update is under way, and refuse another meanwhile", async () => {
    const update = (Description: string) =>
      fixture.cloud.call("lambda", "UpdateFunctionConfiguration", { FunctionName, Description });
    const [first, second] = await Promise.allSettled([update("one"), update("two")]);
    expect(first).toMatchObject({ value: { State: "Active", LastUpdateStatus: "InProgress" } });
    expect(second).toMatchObject({
      reason: {
        code: "ResourceConflictException",
        message: `The operation cannot be performed at this time. An update is in progress for resource: ${ARN}`,
      },
    });
    await fixture.updated(FunctionName);
  });

  it("take effect with the next call", async () => {
    await fixture.make("settings", "exports.handler = async () => [process.env.WORD, process.env.NONE ?? null]");
    const change = (Variables: Record<string, string>) =>
      fixture.lambda.send(
        new sdk.UpdateFunctionConfigurationCommand({ FunctionName: "settings", Environment: { Variables } }),
      );
    await change({ WORD: "1" });
    await fixture.updated("settings");
    expect((await fixture.call("settings")).payload).toEqual(["1", null]);
    await change({ WORD: "2" });
    await fixture.updated("settings");
    expect((await fixture.call("settings")).payload).toEqual(["2", null]);
  });
});

describe("names", () => {
  it.each([
    ["a name", FunctionName],
    ["a partial ARN", `000000000000:function:${FunctionName}`],
    ["an ARN", ARN],
  ])("are taken as %s", async (_case, name) => {
    expect((await fixture.call(name)).payload).toBe(1);
  });

  it("fail in another region", async () => {
    await expect(fixture.call("arn:aws:lambda:eu-west-1:000000000000:function:app")).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
    });
  });

  it("fail when qualifier and ARN do not match", async () => {
    await expect(fixture.call(`${ARN}:live`, {}, { Qualifier: "1" })).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: "The derived qualifier from the function name does not match the specified qualifier.",
    });
  });
});

describe("permissions", () => {
  const grant = (input: Partial<sdk.AddPermissionCommandInput> = {}) =>
    fixture.lambda.send(
      new sdk.AddPermissionCommand({
        FunctionName,
        Qualifier: "live",
        StatementId: "s3",
        Action: "lambda:InvokeFunction",
        Principal: "s3.amazonaws.com",
        ...input,
      }),
    );

  it("are kept on the alias, in IAM's shape, and change its revision", async () => {
    const before = await fixture.lambda.send(new sdk.GetAliasCommand({ FunctionName, Name: "live" }));
    const { Statement } = await grant({ SourceArn: "arn:aws:s3:::bucket", SourceAccount: "000000000000" });
    const statement = {
      Sid: "s3",
      Effect: "Allow",
      Principal: { Service: "s3.amazonaws.com" },
      Action: "lambda:InvokeFunction",
      Resource: `${ARN}:live`,
      Condition: {
        StringEquals: { "AWS:SourceAccount": "000000000000" },
        ArnLike: { "AWS:SourceArn": "arn:aws:s3:::bucket" },
      },
    };
    expect(JSON.parse(Statement ?? "")).toEqual(statement);
    const policy = await fixture.lambda.send(new sdk.GetPolicyCommand({ FunctionName, Qualifier: "live" }));
    expect(JSON.parse(policy.Policy ?? "")).toEqual({ Version: "2012-10-17", Id: "default", Statement: [statement] });
    expect(policy.RevisionId).not.toBe(before.RevisionId);
  });

  it("fail when the statement is there already", async () => {
    await expect(grant()).rejects.toMatchObject({
      name: "ResourceConflictException",
      message:
        "The statement id (s3) provided already exists. Please provide a new statement id, or remove the existing statement.",
    });
  });

  it("fail for a principal that is none", async () => {
    await expect(grant({ StatementId: "x", Principal: "invalid principal" })).rejects.toMatchObject({
      message: "The provided principal was invalid. Please check the principal and try again.",
    });
  });

  it("are gone after their removal", async () => {
    const remove = new sdk.RemovePermissionCommand({ FunctionName, Qualifier: "live", StatementId: "s3" });
    await fixture.lambda.send(remove);
    await expect(
      fixture.lambda.send(new sdk.GetPolicyCommand({ FunctionName, Qualifier: "live" })),
    ).rejects.toMatchObject({ message: "The resource you requested does not exist." });
    await expect(fixture.lambda.send(remove)).rejects.toMatchObject({
      message: "No policy is associated with the given resource.",
    });
  });
});

describe("concurrency", () => {
  it("throttles above the reservation", async () => {
    await fixture.make("slow", "exports.handler = () => new Promise((done) => setTimeout(done, 400))");
    await fixture.lambda.send(
      new sdk.PutFunctionConcurrencyCommand({ FunctionName: "slow", ReservedConcurrentExecutions: 1 }),
    );
    const calls = await Promise.allSettled([fixture.call("slow"), fixture.call("slow")]);
    const refused = calls.filter((each) => each.status === "rejected");
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({
      name: "TooManyRequestsException",
      message: "Rate Exceeded.",
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      $metadata: { httpStatusCode: 429 },
    });
  });

  it("runs as many instances as there are events", async () => {
    await fixture.make(
      "wide",
      "exports.handler = () => new Promise((done) => setTimeout(() => done(process.pid), 300))",
    );
    const pids = await Promise.all([1, 2, 3].map(async () => (await fixture.call("wide")).payload));
    expect(new Set(pids).size).toBe(3);
  });

  it("fails when the reservation leaves too little to the others", async () => {
    const put = new sdk.PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 950 });
    await expect(fixture.lambda.send(put)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
  });

  it("is provisioned on an alias, but then not on its version", async () => {
    const on = (Qualifier: string) => ({ FunctionName, Qualifier, ProvisionedConcurrentExecutions: 1 });
    const put = await fixture.lambda.send(new sdk.PutProvisionedConcurrencyConfigCommand(on("live")));
    expect(put.Status).toBe("IN_PROGRESS");
    const get = new sdk.GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier: "live" });
    await expect
      .poll(() => fixture.lambda.send(get))
      .toMatchObject({ Status: "READY", AvailableProvisionedConcurrentExecutions: 1 });
    await expect(fixture.lambda.send(new sdk.PutProvisionedConcurrencyConfigCommand(on("1")))).rejects.toMatchObject({
      name: "ResourceConflictException",
      message: "Version is pointed by a Provisioned Concurrency alias",
    });
  });
});

describe("layers", () => {
  it("are under the replacement of /opt, and their modules are found", async () => {
    const ZipFile = await zipOf({
      "nodejs/node_modules/greet/index.js": "module.exports = () => 'from the layer'",
      "nodejs/node_modules/greet/package.json": "{}",
    });
    const layer = await fixture.lambda.send(
      new sdk.PublishLayerVersionCommand({ LayerName: "greet", Content: { ZipFile }, Description: "d" }),
    );
    expect(layer).toMatchObject({ Version: 1, LayerVersionArn: ARN.replace(/function.*/, "layer:greet:1") });
    await fixture.make("layered", "const greet = require('greet'); exports.handler = async () => greet()", {
      Layers: [layer.LayerVersionArn ?? ""],
    });
    expect((await fixture.call("layered")).payload).toBe("from the layer");
    await fixture.make("layered-esm", "", {
      Code: { ZipFile: await zipOf({ "index.mjs": "import g from 'greet'; export const handler = async () => g()" }) },
      Layers: [layer.LayerVersionArn ?? ""],
    });
    expect((await fixture.call("layered-esm")).payload).toBe("from the layer");
  });

  it("stay with the functions that have them when they are deleted", async () => {
    await fixture.lambda.send(new sdk.DeleteLayerVersionCommand({ LayerName: "greet", VersionNumber: 1 }));
    const { LayerVersions } = await fixture.lambda.send(new sdk.ListLayerVersionsCommand({ LayerName: "greet" }));
    expect(LayerVersions).toEqual([]);
    await fixture.lambda.send(
      new sdk.UpdateFunctionConfigurationCommand({ FunctionName: "layered", Description: "again" }),
    );
    await fixture.updated("layered");
    expect((await fixture.call("layered")).payload).toBe("from the layer");
  });
});

describe("tags", () => {
  it("are added, listed and removed", async () => {
    await fixture.lambda.send(new sdk.TagResourceCommand({ Resource: ARN, Tags: { a: "1", b: "2" } }));
    await fixture.lambda.send(new sdk.UntagResourceCommand({ Resource: ARN, TagKeys: ["a"] }));
    expect((await fixture.lambda.send(new sdk.ListTagsCommand({ Resource: ARN }))).Tags).toEqual({ b: "2" });
    expect((await fixture.lambda.send(new sdk.GetFunctionCommand({ FunctionName }))).Tags).toEqual({ b: "2" });
  });

  it("fail on an alias", async () => {
    const tagging = new sdk.TagResourceCommand({ Resource: `${ARN}:live`, Tags: { a: "1" } });
    await expect(fixture.lambda.send(tagging)).rejects.toMatchObject({
      message: "Tags on function aliases and versions are not supported. Please specify a function ARN.",
    });
  });
});

describe("the account and the code", () => {
  it("returns the limits and the usage", async () => {
    const settings = await fixture.lambda.send(new sdk.GetAccountSettingsCommand({}));
    expect(settings.AccountLimit).toMatchObject({ ConcurrentExecutions: 1000, CodeSizeUnzipped: 262_144_000 });
    expect(settings.AccountUsage?.FunctionCount).toBeGreaterThan(0);
  });

  it("gives the package back where GetFunction points", async () => {
    const { Code, Configuration } = await fixture.lambda.send(new sdk.GetFunctionCommand({ FunctionName }));
    const bytes = Buffer.from(await (await fetch(Code?.Location ?? "")).arrayBuffer());
    expect(bytes.length).toBe(Configuration?.CodeSize);
  });

  it("names an operation that is not supported", async () => {
    await expect(fixture.lambda.send(new sdk.ListCapacityProvidersCommand({}))).rejects.toMatchObject({
      message: expect.stringContaining("ListCapacityProviders") as string,
      $metadata: { httpStatusCode: 501 },
    });
  });
});

describe("a streamed invocation", () => {
  it("passes the pieces on as they come, and marks the end", async () => {
    await fixture.make(
      "stream",
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.setContentType("text/plain"); stream.write("one "); await new Promise((r) => setTimeout(r, 100)); stream.write("two"); stream.end();
      })`,
    );
    const answer = await fixture.lambda.send(
      new sdk.InvokeWithResponseStreamCommand({ FunctionName: "stream", LogType: "Tail" }),
    );
    expect(answer.ResponseStreamContentType).toBe("text/plain");
    const pieces: string[] = [];
    let complete: sdk.InvokeWithResponseStreamCompleteEvent | undefined;
    for await (const { PayloadChunk, InvokeComplete } of answer.EventStream ?? []) {
      if (PayloadChunk) pieces.push(Buffer.from(PayloadChunk.Payload ?? []).toString());
      complete ??= InvokeComplete;
    }
    expect(pieces).toEqual(["one ", "two"]);
    expect(complete?.ErrorCode).toBeUndefined();
    expect(Buffer.from(complete?.LogResult ?? "", "base64").toString()).toContain("REPORT RequestId");
  });

  it("reports an error in the middle of the stream", async () => {
    await fixture.make(
      "stream-fails",
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write("part"); await new Promise((r) => setTimeout(r, 50)); throw new RangeError("half-way");
      })`,
    );
    const { EventStream } = await fixture.lambda.send(
      new sdk.InvokeWithResponseStreamCommand({ FunctionName: "stream-fails" }),
    );
    const events: sdk.InvokeWithResponseStreamResponseEvent[] = [];
    for await (const event of EventStream ?? []) events.push(event);
    expect(events.at(-1)?.InvokeComplete?.ErrorCode).toBe("RangeError");
    expect(events.at(-1)?.InvokeComplete?.ErrorDetails).toContain("half-way");
  });
});
