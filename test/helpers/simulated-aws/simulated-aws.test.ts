import { GetAliasCommand, UpdateAliasCommand } from "@aws-sdk/client-lambda";
import { describe, expect, test } from "vitest";
import { SimulatedAws } from "./simulated-aws.ts";

const REFUSED =
  "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id";

function newSim(): SimulatedAws {
  const sim = new SimulatedAws();
  sim.world.addFunction("list");
  sim.world.publish("list");
  return sim;
}

const lambda = (sim: SimulatedAws, operation: string, input: object) =>
  sim.world.handle("lambda", operation, { FunctionName: "list", Name: "live", ...input }, "test") as Record<
    string,
    unknown
  >;
const put = (sim: SimulatedAws, input: object) =>
  sim.world.handle(
    "s3",
    "PutObject",
    { Key: "k", Body: "a", ExpectedBucketOwner: sim.world.account, ...input },
    "test",
  ) as { ETag: string };
const routing = (weights: Record<string, number>) => ({ RoutingConfig: { AdditionalVersionWeights: weights } });

describe("aliases of functions", () => {
  test("every update changes the RevisionId, even one that changes nothing", () => {
    const sim = newSim();
    const before = lambda(sim, "GetAlias", {})["RevisionId"];
    const after = lambda(sim, "UpdateAlias", {})["RevisionId"];
    expect(after).not.toBe(before);
  });

  test("another RevisionId is refused with 412 and AWS's words", () => {
    expect(() => lambda(newSim(), "UpdateAlias", { RevisionId: "other" })).toThrow(
      expect.objectContaining({
        name: "PreconditionFailedException",
        message: REFUSED,
        $metadata: { httpStatusCode: 412 },
      }),
    );
  });

  test("what an update leaves out keeps its value", () => {
    const sim = newSim();
    lambda(sim, "UpdateAlias", { ...routing({ "2": 0.1 }), Description: "d" });
    lambda(sim, "UpdateAlias", { Description: "e" });
    expect(lambda(sim, "GetAlias", {})).toMatchObject({
      FunctionVersion: "1",
      ...routing({ "2": 0.1 }),
      Description: "e",
    });
  });

  test.each([
    ["a weight above 1", routing({ "2": 2 }), "ValidationException"],
    ["a weight below 0", routing({ "2": -1 }), "ValidationException"],
    ["two additional versions", routing({ "2": 0.1, "3": 0.1 }), "InvalidParameterValueException"],
    ["the primary among the weights", routing({ "1": 0.1 }), "InvalidParameterValueException"],
    [
      "$LATEST beside a weight",
      { FunctionVersion: "$LATEST", ...routing({ "2": 0.1 }) },
      "InvalidParameterValueException",
    ],
    ["a version that does not exist", { FunctionVersion: "10" }, "ResourceNotFoundException"],
    ["an alias that does not exist", { Name: "other" }, "ResourceNotFoundException"],
  ])("refuses %s", (_what, input, name) => {
    expect(() => lambda(newSim(), "UpdateAlias", input)).toThrow(expect.objectContaining({ name }));
  });

  test.each([
    ["role", { role: "other" }],
    ["dead-letter target", { deadLetterTarget: "arn" }],
  ])("refuses versions with another %s in one alias", (_what, settings) => {
    const sim = newSim();
    const version = sim.world.publish("list", settings);
    expect(() => lambda(sim, "UpdateAlias", routing({ [version]: 0.1 }))).toThrow(
      expect.objectContaining({ name: "InvalidParameterValueException" }),
    );
  });

  test("refuses weights where the alias has provisioned concurrency", () => {
    const sim = newSim();
    sim.world.functions.get("list")!.provisioned.add("live");
    expect(() => lambda(sim, "UpdateAlias", routing({ "2": 0.1 }))).toThrow(
      expect.objectContaining({ name: "InvalidParameterValueException" }),
    );
  });

  test("a version that an alias refers to cannot be deleted", () => {
    expect(() => lambda(newSim(), "DeleteFunction", { Qualifier: "1" })).toThrow(
      expect.objectContaining({ name: "ResourceConflictException" }),
    );
    expect(lambda(newSim(), "DeleteFunction", { Qualifier: "2" })).toEqual({});
  });
});

describe("aliases of state machines", () => {
  const machine = () => {
    const sim = newSim();
    const arn = sim.world.addMachine("flow");
    sim.world.publishMachine(arn);
    const update = (...weights: [string, number][]) =>
      sim.world.handle(
        "sfn",
        "UpdateStateMachineAlias",
        {
          stateMachineAliasArn: `${arn}:live`,
          routingConfiguration: weights.map(([version, weight]) => ({
            stateMachineVersionArn: `${arn}:${version}`,
            weight,
          })),
        },
        "test",
      );
    return { sim, arn, update };
  };

  test.each([
    [
      "weights that do not sum to 100",
      [
        ["1", 70],
        ["2", 29],
      ],
      "ValidationException",
    ],
    [
      "fractions",
      [
        ["1", 99.5],
        ["2", 0.5],
      ],
      "ValidationException",
    ],
    [
      "the same version twice",
      [
        ["1", 50],
        ["1", 50],
      ],
      "ValidationException",
    ],
    ["a version that does not exist", [["9", 100]], "ResourceNotFound"],
  ] as [string, [string, number][], string][])("refuses %s", (_what, weights, name) => {
    expect(() => machine().update(...weights)).toThrow(expect.objectContaining({ name }));
  });

  test("a version that an alias refers to cannot be deleted", () => {
    const { sim, arn } = machine();
    const remove = () =>
      sim.world.handle("sfn", "DeleteStateMachineVersion", { stateMachineVersionArn: `${arn}:1` }, "test");
    expect(remove).toThrow(expect.objectContaining({ name: "ConflictException" }));
  });
});

describe("conditional writes", () => {
  test("create only what is not there, change only what is as expected", () => {
    const sim = newSim();
    const first = put(sim, { IfNoneMatch: "*" });
    expect(() => put(sim, { IfNoneMatch: "*" })).toThrow(
      expect.objectContaining({ name: "PreconditionFailed", $metadata: { httpStatusCode: 412 } }),
    );
    put(sim, { IfMatch: first.ETag, Body: "b" });
    expect(() => put(sim, { IfMatch: first.ETag })).toThrow(expect.objectContaining({ name: "PreconditionFailed" }));
    expect(() => put(sim, { Key: "other", IfMatch: first.ETag })).toThrow(
      expect.objectContaining({ name: "NoSuchKey" }),
    );
    expect(() => put(sim, { ExpectedBucketOwner: "999999999999" })).toThrow(
      expect.objectContaining({ name: "AccessDenied" }),
    );
  });
});

describe("metrics", () => {
  test("a minute's figures follow how the alias routed, and appear late", () => {
    const sim = newSim();
    const { world } = sim;
    const start = world.now;
    world.traffic.set("list", { invocationsPerMinute: 1000, errorRates: new Map([["2", 0.5]]) });
    lambda(sim, "UpdateAlias", routing({ "2": 0.1 }));
    const read = (metric: string, version: string) => {
      const Dimensions = [
        { Name: "FunctionName", Value: "list" },
        { Name: "ExecutedVersion", Value: version },
      ];
      const query = { Id: "a", MetricStat: { Stat: "Sum", Metric: { MetricName: metric, Dimensions } } };
      const input = { MetricDataQueries: [query], StartTime: new Date(start), EndTime: new Date(start + 600_000) };
      return (
        world.handle("cloudwatch", "GetMetricData", input, "test") as { MetricDataResults: { Values: number[] }[] }
      ).MetricDataResults[0]!.Values;
    };
    world.now = start + 59_000;
    expect(read("Invocations", "2")).toEqual([]);
    world.now = start + 120_000;
    expect(read("Invocations", "2")).toEqual([100, 100]);
    expect(read("Invocations", "1")).toEqual([900, 900]);
    expect(read("Errors", "2")).toEqual([50, 50]);
    expect(read("Errors", "1")).toEqual([0, 0]);
    world.metrics = "missing";
    expect(read("Invocations", "1")).toEqual([]);
  });
});

describe("processes and faults", () => {
  const update = (sim: SimulatedAws, name: string, options = {}) => {
    const process = sim.process(name, options);
    const goal = { primary: "1", additional: { version: "2", percent: 10 } };
    const target = { kind: "function", name: "list", alias: "live" } as const;
    return {
      process,
      done: process.ports.aliases.update({ target, goal, before: { primary: "1" }, description: "", urgent: false }),
    };
  };
  const weights = (sim: SimulatedAws) => sim.world.functions.get("list")!.aliases.get("live")!.weights;

  test.each([
    ["before", {}],
    ["after", { "2": 0.1 }],
  ] as const)("a process killed %s its side effect never gets the reply", async (when, left) => {
    const sim = newSim();
    const { process, done } = update(sim, "anna", { killAt: { effect: 0, when } });
    expect(await sim.run(Promise.race([done, process.died]))).toBe("killed");
    expect(weights(sim)).toEqual(left);
  });

  test.each([
    ["throttle", "failed", {}],
    ["drop", "failed", {}],
    ["lose-reply", "failed", { "2": 0.1 }],
  ] as const)("%s", async (kind, outcome, left) => {
    const sim = newSim();
    sim.faults.push({ service: "lambda", operation: "UpdateAlias", kind, times: 1 });
    expect(await sim.run(update(sim, "anna").done)).toMatchObject({ kind: outcome });
    expect(weights(sim)).toEqual(left);
    expect(await sim.run(update(sim, "anna").done)).toEqual({ kind: "written" });
  });

  test("a frozen process continues later", async () => {
    const sim = newSim();
    const start = sim.scheduler.now;
    await sim.run(update(sim, "anna", { freezeAt: { effect: 0, durationMs: 600_000 } }).done);
    expect(sim.scheduler.now - start).toBeGreaterThanOrEqual(600_000);
  });

  test("the same seed gives the same order, another seed another", async () => {
    const orderOf = async (seed: number) => {
      let state = seed;
      const sim = new SimulatedAws((count) => (state = (state * 48_271) % 2_147_483_647) % count);
      const order: number[] = [];
      const turns = Array.from({ length: 12 }, (_, index) => sim.scheduler.turn(0).then(() => order.push(index)));
      await sim.run(Promise.all(turns));
      return order.join(" ");
    };
    expect(await orderOf(7)).toBe(await orderOf(7));
    expect(await orderOf(7)).not.toBe(await orderOf(8));
  });

  test("a command that is not simulated says so", () => {
    expect(() => newSim().world.handle("lambda", "CreateFunction", {}, "test")).toThrow(
      expect.objectContaining({ name: "NotImplemented" }),
    );
  });

  test("takes the SDK's real commands", () => {
    expect(new GetAliasCommand({ FunctionName: "list", Name: "live" }).constructor.name).toBe("GetAliasCommand");
    expect(new UpdateAliasCommand({ FunctionName: "list", Name: "live" }).input).toEqual({
      FunctionName: "list",
      Name: "live",
    });
  });
});

describe("states of versions", () => {
  const invoke = (sim: SimulatedAws) => () => lambda(sim, "Invoke", { Qualifier: "2" });
  const stateOf2 = (sim: SimulatedAws) => lambda(sim, "GetFunctionConfiguration", { Qualifier: "2" });

  test("an Inactive version refuses its first invocation, is Pending, and then Active", () => {
    const sim = newSim();
    sim.world.age("list");
    expect(lambda(sim, "GetFunctionConfiguration", { Qualifier: "1" })).toMatchObject({ State: "Active" });
    expect(stateOf2(sim)).toMatchObject({ State: "Inactive", StateReasonCode: "Idle" });
    expect(invoke(sim)).toThrow(expect.objectContaining({ name: "ResourceNotReadyException" }));
    expect(stateOf2(sim)).toMatchObject({ State: "Pending" });
    expect(invoke(sim)).toThrow(expect.objectContaining({ name: "ResourceConflictException" }));
    sim.world.now += sim.world.wakeMs;
    expect(stateOf2(sim)).toMatchObject({ State: "Active" });
    expect(invoke(sim)).not.toThrow();
  });

  test("an alias takes a Pending version, and refuses a Failed one", () => {
    const sim = newSim();
    const pending = sim.world.publish("list", { pendingMs: 1 });
    const failed = sim.world.publish("list", { state: "Failed" });
    expect(lambda(sim, "UpdateAlias", { FunctionVersion: pending })).toHaveProperty("RevisionId");
    expect(() => lambda(sim, "UpdateAlias", { FunctionVersion: failed })).toThrow(
      expect.objectContaining({ name: "ResourceConflictException" }),
    );
  });
});

describe("provisioned concurrency", () => {
  const put = (sim: SimulatedAws, amount: number, Qualifier = "2") =>
    lambda(sim, "PutProvisionedConcurrencyConfig", { Qualifier, ProvisionedConcurrentExecutions: amount });
  const list = (sim: SimulatedAws) =>
    lambda(sim, "ListProvisionedConcurrencyConfigs", {})["ProvisionedConcurrencyConfigs"] as readonly object[];

  test("is IN_PROGRESS, then READY, until it is deleted", () => {
    const sim = newSim();
    expect(put(sim, 5)).toMatchObject({ Status: "IN_PROGRESS", AvailableProvisionedConcurrentExecutions: 0 });
    sim.world.now += sim.world.provisionMs;
    expect(list(sim)).toMatchObject([{ Status: "READY", AvailableProvisionedConcurrentExecutions: 5 }]);
    lambda(sim, "DeleteProvisionedConcurrencyConfig", { Qualifier: "2" });
    expect(list(sim)).toEqual([]);
  });

  test("fails with a reason, and is refused beyond the limit and on a version that is not Active", () => {
    const sim = newSim();
    sim.world.provisionFailure = "FUNCTION_ERROR_INIT_FAILURE";
    put(sim, 5);
    sim.world.now += sim.world.provisionMs;
    expect(list(sim)).toMatchObject([{ Status: "FAILED", StatusReason: "FUNCTION_ERROR_INIT_FAILURE" }]);
    sim.world.concurrencyLimit = 8;
    expect(() => put(sim, 5, "1")).toThrow(expect.objectContaining({ name: "InvalidParameterValueException" }));
    sim.world.age("list");
    expect(() => put(sim, 1)).toThrow(expect.objectContaining({ name: "ResourceConflictException" }));
  });
});
