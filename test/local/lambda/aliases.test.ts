import {
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLambda, zipOf, type LambdaFixture } from "./lambda-fixture.ts";

let fixture: LambdaFixture;
const FunctionName = "app";
const CODE = (text: string) =>
  `exports.handler = async (event, context) => [${JSON.stringify(text)}, context.functionVersion]`;

beforeAll(async () => {
  fixture = await startLambda();
  await fixture.make(FunctionName, CODE("blue"));
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
  await fixture.lambda.send(
    new UpdateFunctionCodeCommand({ FunctionName, ZipFile: await zipOf({ "index.js": CODE("green") }) }),
  );
  await fixture.updated(FunctionName);
  await fixture.lambda.send(new PublishVersionCommand({ FunctionName, Description: "second" }));
});
afterAll(() => fixture.cloud.stop());

describe("versions", () => {
  it("stay what they were when $LATEST changes", async () => {
    expect((await fixture.call(`${FunctionName}:1`)).payload).toEqual(["blue", "1"]);
    expect((await fixture.call(FunctionName, {}, { Qualifier: "2" })).payload).toEqual(["green", "2"]);
  });

  it("are not published twice when nothing has changed", async () => {
    const again = await fixture.lambda.send(new PublishVersionCommand({ FunctionName, Description: "other" }));
    expect(again).toMatchObject({ Version: "2", Description: "second" });
  });

  it("are listed oldest first behind $LATEST", async () => {
    const { Versions } = await fixture.lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
    expect(Versions?.map(({ Version }) => Version)).toEqual(["$LATEST", "1", "2"]);
    expect(Versions?.[0]?.FunctionArn).toBe("arn:aws:lambda:us-east-1:000000000000:function:app:$LATEST");
    expect(Versions?.[1]?.State).toBeUndefined();
  });

  it("fails when the revision is not the latest", async () => {
    const publishing = fixture.lambda.send(new PublishVersionCommand({ FunctionName, RevisionId: "stale" }));
    await expect(publishing).rejects.toMatchObject({
      name: "PreconditionFailedException",
      message:
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    });
  });

  it("fails when the code's hash is another one", async () => {
    const publishing = fixture.lambda.send(new PublishVersionCommand({ FunctionName, CodeSha256: "other" }));
    const { CodeSha256 } = await fixture.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await expect(publishing).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message: `CodeSHA256 (other) is different from current CodeSHA256 in $LATEST (${CodeSha256}). Please try again with the CodeSHA256 in $LATEST.`,
    });
  });
});

describe("an alias", () => {
  beforeAll(async () => {
    await fixture.lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
  });

  it("runs the version it points to and shows its own ARN", async () => {
    const { payload, executedVersion } = await fixture.call(`${FunctionName}:live`);
    expect(payload).toEqual(["blue", "1"]);
    expect(executedVersion).toBe("1");
  });

  it("routes by weight", async () => {
    await weigh({ "2": 0.3 });
    const versions: (string | undefined)[] = [];
    for (let i = 0; i < 400; i++) versions.push((await fixture.call(`${FunctionName}:live`)).executedVersion);
    const share = versions.filter((version) => version === "2").length / versions.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.4);
    expect(new Set(versions)).toEqual(new Set(["1", "2"]));
  });

  it("sends everything to the additional version at weight 1, and nothing at weight 0", async () => {
    await weigh({ "2": 1 });
    for (let i = 0; i < 20; i++) expect((await fixture.call(`${FunctionName}:live`)).executedVersion).toBe("2");
    await weigh({ "2": 0 });
    for (let i = 0; i < 20; i++) expect((await fixture.call(`${FunctionName}:live`)).executedVersion).toBe("1");
  });

  it("moves and loses its weights in one call, with a new revision", async () => {
    await weigh({ "2": 0.5 });
    const before = await fixture.lambda.send(new GetAliasCommand({ FunctionName, Name: "live" }));
    const after = await fixture.lambda.send(
      new UpdateAliasCommand({
        FunctionName,
        Name: "live",
        FunctionVersion: "2",
        RoutingConfig: { AdditionalVersionWeights: {} },
        RevisionId: before.RevisionId,
      }),
    );
    expect(after).toMatchObject({ FunctionVersion: "2" });
    expect(after.RoutingConfig).toBeUndefined();
    expect(after.RevisionId).not.toBe(before.RevisionId);
    await fixture.lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
  });

  it("changes its revision even when nothing else changes", async () => {
    const one = await fixture.lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live" }));
    const two = await fixture.lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live" }));
    expect(two.RevisionId).not.toBe(one.RevisionId);
  });

  it("keeps a version that it refers to from being deleted", async () => {
    await weigh({ "2": 0.5 });
    for (const Qualifier of ["1", "2"]) {
      await expect(fixture.lambda.send(new DeleteFunctionCommand({ FunctionName, Qualifier }))).rejects.toMatchObject({
        name: "ResourceConflictException",
        message: "Unable to delete version because the following aliases reference it: [live]",
        $metadata: { httpStatusCode: 409 },
      });
    }
    await weigh({});
  });

  const weightText = (value: string) =>
    `1 validation error detected: Value '{2=${value}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]`;
  it.each([
    ["the weight is above 1", { "2": 2 }, "ValidationException", weightText("2.0")],
    ["the weight is below 0", { "2": -1 }, "ValidationException", weightText("-1.0")],
    [
      "the additional version is $LATEST",
      { $LATEST: 0.5 },
      "ValidationException",
      "1 validation error detected: Value '{$LATEST=0.5}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+]",
    ],
    [
      "there are two additional versions",
      { "2": 0.1, "3": 0.1 },
      "InvalidParameterValueException",
      "Number of items in AdditionalVersionWeights cannot be greater than 1",
    ],
    [
      "the additional version is the primary",
      { "1": 0.1 },
      "InvalidParameterValueException",
      "Invalid function version 1. Function version 1 is already included in routing configuration.",
    ],
    [
      "the additional version does not exist",
      { "10": 0.1 },
      "ResourceNotFoundException",
      "Function not found: arn:aws:lambda:us-east-1:000000000000:function:app:10",
    ],
  ])("fails when %s", async (_case, weights, name, message) => {
    await expect(weigh(weights)).rejects.toMatchObject({ name, message });
  });

  it("fails when the revision is not the latest", async () => {
    const updating = fixture.lambda.send(new UpdateAliasCommand({ FunctionName, Name: "live", RevisionId: "stale" }));
    await expect(updating).rejects.toMatchObject({
      name: "PreconditionFailedException",
      $metadata: { httpStatusCode: 412 },
    });
  });

  it.each([
    ["its name is a number", { Name: "2024", FunctionVersion: "1" }, "ValidationException"],
    ["it exists", { Name: "live", FunctionVersion: "1" }, "ResourceConflictException"],
    ["its version does not exist", { Name: "next", FunctionVersion: "9" }, "ResourceNotFoundException"],
  ])("fails to be made when %s", async (_case, input, name) => {
    await expect(fixture.lambda.send(new CreateAliasCommand({ FunctionName, ...input }))).rejects.toMatchObject({
      name,
    });
  });

  it("fails when it is unknown", async () => {
    await expect(fixture.lambda.send(new GetAliasCommand({ FunctionName, Name: "none" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Cannot find alias arn: arn:aws:lambda:us-east-1:000000000000:function:app:none",
    });
  });
});

async function weigh(AdditionalVersionWeights: Record<string, number>): Promise<void> {
  await fixture.lambda.send(
    new UpdateAliasCommand({ FunctionName, Name: "live", RoutingConfig: { AdditionalVersionWeights } }),
  );
}
