import { existsSync } from "node:fs";
import { join } from "node:path";
import * as sdk from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startLambda, type LambdaFixture } from "./lambda-fixture.ts";

const DAY_MS = 24 * 60 * 60_000;
const VPC = { VpcConfig: { SubnetIds: ["subnet-1"], SecurityGroupIds: ["sg-1"] } };
const SNAPSHOT = { Runtime: "python3.12", SnapStart: { ApplyOn: "PublishedVersions" } } as const;
const ANSWERS = "def handler(event, context):\n  return 'answered'\n";
const BROKEN = "raise Exception('no database')\ndef handler(event, context):\n  pass\n";

let fixture: LambdaFixture;
let lambda: sdk.LambdaClient;

beforeAll(async () => {
  fixture = await startLambda();
  lambda = fixture.lambda;
});

afterAll(async () => {
  await fixture.cloud.stop();
});

const configuration = (FunctionName: string, Qualifier = "1") =>
  lambda.send(new sdk.GetFunctionConfigurationCommand({ FunctionName, Qualifier }));

async function publish(FunctionName: string): Promise<string> {
  return (await lambda.send(new sdk.PublishVersionCommand({ FunctionName }))).Version ?? "";
}

async function untilState(FunctionName: string, state: string): Promise<void> {
  await expect.poll(async () => (await configuration(FunctionName)).State).toBe(state);
}

const concurrency = (FunctionName: string, Qualifier = "1") =>
  lambda.send(new sdk.GetProvisionedConcurrencyConfigCommand({ FunctionName, Qualifier }));

const provision = (FunctionName: string, amount: number, Qualifier = "1") =>
  lambda.send(
    new sdk.PutProvisionedConcurrencyConfigCommand({
      FunctionName,
      Qualifier,
      ProvisionedConcurrentExecutions: amount,
    }),
  );

async function untilConcurrency(FunctionName: string, status: string): Promise<void> {
  await expect.poll(async () => (await concurrency(FunctionName)).Status).toBe(status);
}

describe("a version with SnapStart", () => {
  it("is Pending until its snapshot is taken, and refuses invocations until then", async () => {
    await fixture.make("snap", ANSWERS, SNAPSHOT);
    expect(await lambda.send(new sdk.PublishVersionCommand({ FunctionName: "snap" }))).toMatchObject({
      State: "Pending",
      StateReasonCode: "Creating",
    });
    await expect(fixture.call("snap", {}, { Qualifier: "1" })).rejects.toMatchObject({
      name: "ResourceConflictException",
      message:
        "The operation cannot be performed at this time. The function is currently in the following state: Pending",
    });
    const alias = { FunctionName: "snap", Name: "live", FunctionVersion: "1" };
    await lambda.send(new sdk.CreateAliasCommand(alias));
    await untilState("snap", "Active");
    expect(await fixture.call("snap", {}, { Qualifier: "live" })).toMatchObject({ payload: "answered" });
  });

  it("is Failed with the reason where its code does not initialise, and no alias takes it", async () => {
    await fixture.make("broken", BROKEN, SNAPSHOT);
    await publish("broken");
    await untilState("broken", "Failed");
    const failed = await configuration("broken");
    expect(failed.StateReasonCode).toBe("FunctionError");
    expect(failed.StateReason).toContain("no database");
    const refusal = {
      name: "ResourceConflictException",
      message:
        "The operation cannot be performed at this time. The function is currently in the following state: Failed",
    };
    await expect(fixture.call("broken", {}, { Qualifier: "1" })).rejects.toMatchObject(refusal);
    const alias = { FunctionName: "broken", Name: "live", FunctionVersion: "1" };
    await expect(lambda.send(new sdk.CreateAliasCommand(alias))).rejects.toMatchObject(refusal);
  });
});

describe("a version without calls for two weeks", () => {
  it.each([
    ["in a VPC", "vpc", VPC, "ResourceNotReadyException"],
    ["with a snapshot", "idle-snap", SNAPSHOT, "SnapStartNotReadyException"],
  ])("is Inactive %s; an invocation is refused and wakes it, a dry run is not and does not", async (...row) => {
    const [, name, more, refusal] = row;
    const code = "Runtime" in more ? ANSWERS : "exports.handler = async () => 'answered'";
    await fixture.make(name, code, more);
    await publish(name);
    await untilState(name, "Active");
    await fixture.cloud.clock.advance(13 * DAY_MS);
    expect((await configuration(name)).State).toBe("Active");
    await fixture.cloud.clock.advance(2 * DAY_MS);
    expect(await configuration(name)).toMatchObject({
      State: "Inactive",
      StateReasonCode: "Idle",
      StateReason: "The function is idle.",
    });
    expect((await fixture.call(name, {}, { Qualifier: "1", InvocationType: "DryRun" })).functionError).toBeUndefined();
    expect((await configuration(name)).State).toBe("Inactive");
    await expect(fixture.call(name, {}, { Qualifier: "1" })).rejects.toMatchObject({ name: refusal });
    expect((await configuration(name)).State).toBe("Pending");
    await untilState(name, "Active");
    expect(await fixture.call(name, {}, { Qualifier: "1" })).toMatchObject({ payload: "answered" });
    await fixture.cloud.clock.advance(13 * DAY_MS);
    expect((await configuration(name)).State).toBe("Active");
  });

  it("stays Active where Lambda prepared nothing for it, or where it has provisioned concurrency", async () => {
    await fixture.make("plain", "exports.handler = async () => 'answered'");
    await fixture.make("kept", "exports.handler = async () => 'answered'", VPC);
    for (const name of ["plain", "kept"]) await publish(name);
    await provision("kept", 1);
    await fixture.cloud.clock.advance(30 * DAY_MS);
    for (const name of ["plain", "kept"]) expect((await configuration(name)).State).toBe("Active");
  });

  it("keeps asynchronous events until it is Active again", async () => {
    const mark = join(fixture.cloud.stateFolder, "later");
    const code = `exports.handler = async () => require("node:fs").writeFileSync(${JSON.stringify(mark)}, "ran");`;
    await fixture.make("later", code, VPC);
    await publish("later");
    await fixture.cloud.clock.advance(15 * DAY_MS);
    await fixture.call("later", {}, { Qualifier: "1", InvocationType: "Event" });
    await untilState("later", "Active");
    await expect.poll(() => existsSync(mark)).toBe(true);
  });
});

describe("provisioned concurrency", () => {
  it("is IN_PROGRESS, then READY, and is listed by version", async () => {
    await fixture.make("warm", "exports.handler = async () => 1");
    await publish("warm");
    expect(await provision("warm", 3)).toMatchObject({
      Status: "IN_PROGRESS",
      AllocatedProvisionedConcurrentExecutions: 0,
    });
    expect(await concurrency("warm")).toMatchObject({
      Status: "IN_PROGRESS",
      AvailableProvisionedConcurrentExecutions: 0,
    });
    await untilConcurrency("warm", "READY");
    expect(await provision("warm", 3)).toMatchObject({ Status: "READY" });
    const listed = await lambda.send(new sdk.ListProvisionedConcurrencyConfigsCommand({ FunctionName: "warm" }));
    expect(listed.ProvisionedConcurrencyConfigs).toMatchObject([
      { FunctionArn: expect.stringMatching(/:warm:1$/), AvailableProvisionedConcurrentExecutions: 3 },
    ]);
  });

  it("FAILED where the code does not initialise, until a version does", async () => {
    await fixture.make("cold", "throw new Error('no database')");
    await publish("cold");
    await provision("cold", 1);
    await untilConcurrency("cold", "FAILED");
    expect(await concurrency("cold")).toMatchObject({ StatusReason: "FUNCTION_ERROR_INIT_FAILURE" });
  });

  it("goes with its version", async () => {
    await fixture.make("gone", "exports.handler = async () => 1");
    await publish("gone");
    await provision("gone", 1);
    await lambda.send(new sdk.DeleteFunctionCommand({ FunctionName: "gone", Qualifier: "1" }));
    const listed = await lambda.send(new sdk.ListProvisionedConcurrencyConfigsCommand({ FunctionName: "gone" }));
    expect(listed.ProvisionedConcurrencyConfigs).toEqual([]);
  });

  it("is refused beyond what the function has reserved, old versions included", async () => {
    await fixture.make("capped", "exports.handler = async () => 1");
    await publish("capped");
    await lambda.send(
      new sdk.PutFunctionConcurrencyCommand({ FunctionName: "capped", ReservedConcurrentExecutions: 10 }),
    );
    await provision("capped", 6);
    await lambda.send(new sdk.UpdateFunctionConfigurationCommand({ FunctionName: "capped", Timeout: 9 }));
    await fixture.updated("capped");
    await publish("capped");
    await expect(provision("capped", 6, "2")).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
    });
    await lambda.send(new sdk.DeleteProvisionedConcurrencyConfigCommand({ FunctionName: "capped", Qualifier: "1" }));
    expect(await provision("capped", 6, "2")).toMatchObject({ Status: "IN_PROGRESS" });
  });

  it("is refused where it leaves too little to all other functions", async () => {
    await fixture.make("greedy", "exports.handler = async () => 1");
    await publish("greedy");
    await expect(provision("greedy", 950)).rejects.toMatchObject({
      name: "InvalidParameterValueException",
      message:
        "Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
    });
  });

  it("is refused on an alias with weights, and keeps an alias from getting some", async () => {
    await fixture.make("split", "exports.handler = async () => 1");
    await publish("split");
    await lambda.send(new sdk.UpdateFunctionConfigurationCommand({ FunctionName: "split", Timeout: 9 }));
    await fixture.updated("split");
    await publish("split");
    const RoutingConfig = { AdditionalVersionWeights: { "2": 0.1 } };
    const refusal = {
      name: "InvalidParameterValueException",
      message: "Alias with weights can not be used with Provisioned Concurrency",
    };
    const alias = (Name: string) => ({ FunctionName: "split", Name, FunctionVersion: "1" });
    await lambda.send(new sdk.CreateAliasCommand({ ...alias("weighted"), RoutingConfig }));
    await expect(provision("split", 1, "weighted")).rejects.toMatchObject(refusal);
    await lambda.send(new sdk.CreateAliasCommand(alias("plain")));
    await provision("split", 1, "plain");
    const weigh = new sdk.UpdateAliasCommand({ FunctionName: "split", Name: "plain", RoutingConfig });
    await expect(lambda.send(weigh)).rejects.toMatchObject(refusal);
  });

  it("is refused on an alias of $LATEST and on a version that is Pending", async () => {
    await fixture.make("early", ANSWERS, SNAPSHOT);
    await lambda.send(
      new sdk.CreateAliasCommand({ FunctionName: "early", Name: "newest", FunctionVersion: "$LATEST" }),
    );
    await expect(provision("early", 1, "newest")).rejects.toMatchObject({ name: "InvalidParameterValueException" });
    await publish("early");
    await expect(provision("early", 1)).rejects.toMatchObject({ name: "ResourceConflictException" });
  });
});
