import {
  CreateAliasCommand,
  DeleteFunctionCommand,
  GetAliasCommand,
  GetProvisionedConcurrencyConfigCommand,
  PublishVersionCommand,
  UpdateAliasCommand,
  UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  PublishStateMachineVersionCommand,
  SFNClient,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SimulatedAws } from "../helpers/simulated-aws/simulated-aws.ts";
import { type LambdaFixture, ROLE, startLambda } from "../local/lambda/lambda-fixture.ts";

/**
 * The facts about AWS that a release rests on. The simulated AWS and the local cloud, whose answers are held against
 * recorded ones by tests of its own, are asked the same, and must answer alike: error, status, and words.
 */
let fixture: LambdaFixture;
let sfn: SFNClient;
let s3: S3Client;
let machineArn: string;

beforeAll(async () => {
  fixture = await startLambda({ roles: ["test", "other", "role"] });
  sfn = fixture.cloud.client(SFNClient);
  s3 = fixture.cloud.client(S3Client, { forcePathStyle: true });
  const FunctionName = "list";
  await fixture.make(FunctionName, "exports.handler = async () => 1");
  const publish = () => fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
  await publish();
  const changes = [
    { Description: "second" },
    { Role: "arn:aws:iam::000000000000:role/other" },
    { Role: ROLE, DeadLetterConfig: { TargetArn: "arn:aws:sqs:us-east-1:000000000000:dead" } },
  ];
  for (const change of changes) {
    await fixture.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, ...change }));
    await fixture.updated(FunctionName);
    await publish();
  }
  await fixture.lambda.send(new CreateAliasCommand({ FunctionName, Name: "live", FunctionVersion: "1" }));
  const definition = (Comment: string) =>
    JSON.stringify({ Comment, StartAt: "Done", States: { Done: { Type: "Succeed" } } });
  const made = await sfn.send(
    new CreateStateMachineCommand({
      name: "flow",
      definition: definition("one"),
      roleArn: "arn:aws:iam::000000000000:role/role",
      publish: true,
    }),
  );
  machineArn = made.stateMachineArn!;
  await sfn.send(new UpdateStateMachineCommand({ stateMachineArn: machineArn, definition: definition("two") }));
  await sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn: machineArn }));
  const routingConfiguration = [{ stateMachineVersionArn: `${machineArn}:1`, weight: 100 }];
  await sfn.send(new CreateStateMachineAliasCommand({ name: "live", routingConfiguration }));
  await s3.send(new CreateBucketCommand({ Bucket: "journal" }));
});

afterAll(() => fixture.cloud.stop());

/** What both are asked from the start: a function with four versions, the third of another role, the fourth with dead letters. */
function newSim(): SimulatedAws {
  const sim = new SimulatedAws();
  sim.world.addFunction("list");
  sim.world.publish("list");
  sim.world.publish("list", { role: "other" });
  sim.world.publish("list", { deadLetterTarget: "dead" });
  sim.world.publishMachine(sim.world.addMachine("flow"));
  return sim;
}

interface Answer {
  readonly name: string;
  readonly message: string;
  readonly status: number | undefined;
}

async function answerOf(work: () => unknown): Promise<Answer | "done"> {
  try {
    await work();
    return "done";
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message: message.replaceAll(/\d{12}/g, "<account>"), status: $metadata?.httpStatusCode };
  }
}

type Command = { readonly input: object };

/** Asks both, expects them to answer alike, and returns what they said. */
async function bothSay(service: "lambda" | "sfn" | "s3", ...commands: Command[]): Promise<Answer | "done"> {
  const sim = newSim();
  const clients = { lambda: fixture.lambda, sfn, s3 };
  let told: Answer | "done" = "done";
  for (const command of commands) {
    const operation = command.constructor.name.replace(/Command$/, "");
    const input = JSON.parse(
      JSON.stringify(command.input)
        .replaceAll(machineArn, [...sim.world.machines.keys()][0]!)
        .replaceAll("000000000000", sim.world.account),
    ) as Record<string, unknown>;
    told = await answerOf(() => (clients[service] as { send(command: Command): Promise<unknown> }).send(command));
    const simulated = await answerOf(() => sim.world.handle(service, operation, input, "test"));
    // Step Functions speaks AWS's JSON protocol, where the HTTP status does not identify an error.
    const spoken = told === "done" || service !== "sfn" ? told : { ...told, status: expect.any(Number) as number };
    expect(simulated).toEqual(spoken);
  }
  return told;
}

const alias = { FunctionName: "list", Name: "live" };
const weighed = (weights: Record<string, number>, more: object = {}) =>
  new UpdateAliasCommand({ ...alias, RoutingConfig: { AdditionalVersionWeights: weights }, ...more });
const reset = () => weighed({}, { FunctionVersion: "1" });

describe("an alias of a function", () => {
  test("takes one additional version, with a weight from 0 to 1", async () => {
    for (const weight of [0, 0.5, 1]) expect(await bothSay("lambda", weighed({ "2": weight }))).toBe("done");
    const refused: [Command, string, number][] = [
      [weighed({ "2": 0.1, "3": 0.1 }), "InvalidParameterValueException", 400],
      [weighed({ "2": 2 }), "ValidationException", 400],
      [weighed({ "2": -1 }), "ValidationException", 400],
      [weighed({ "1": 0.1 }), "InvalidParameterValueException", 400],
      [weighed({ "10": 0.1 }), "ResourceNotFoundException", 404],
      [weighed({ "2": 0.1 }, { Name: "other" }), "ResourceNotFoundException", 404],
      [weighed({ "2": 0.1 }, { FunctionVersion: "$LATEST" }), "InvalidParameterValueException", 400],
    ];
    for (const [command, name, status] of refused)
      expect(await bothSay("lambda", command)).toMatchObject({ name, status });
    await fixture.lambda.send(reset());
  });

  test("is promoted by one call that takes the weights away", async () => {
    const split = weighed({ "2": 0.5 }, { FunctionVersion: "1" });
    expect(await bothSay("lambda", split, weighed({}, { FunctionVersion: "2" }))).toBe("done");
    expect(await fixture.lambda.send(new GetAliasCommand(alias))).toMatchObject({ FunctionVersion: "2" });
    await fixture.lambda.send(reset());
  });

  test("refuses another RevisionId with 412, and every update changes it", async () => {
    expect(await bothSay("lambda", weighed({}, { RevisionId: "other" }))).toEqual({
      name: "PreconditionFailedException",
      status: 412,
      message:
        "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
    });
    const sim = newSim();
    const get = () => sim.world.handle("lambda", "GetAlias", alias, "test") as { RevisionId: string };
    const before = [await fixture.lambda.send(new GetAliasCommand(alias)), get()];
    await fixture.lambda.send(new UpdateAliasCommand(alias));
    sim.world.handle("lambda", "UpdateAlias", alias, "test");
    const after = [await fixture.lambda.send(new GetAliasCommand(alias)), get()];
    after.forEach(({ RevisionId }, index) => expect(RevisionId).not.toBe(before[index]!.RevisionId));
  });

  test.each([
    ["roles", "3"],
    ["dead-letter targets", "4"],
  ])("does not mix versions of different %s", async (_what, version) => {
    const answer = await bothSay("lambda", weighed({ [version]: 0.1 }, { FunctionVersion: "1" }));
    expect(answer).toMatchObject({ name: "InvalidParameterValueException", status: 400 });
  });

  test("keeps the versions that it refers to, with any weight", async () => {
    const deletion = (Qualifier: string) => new DeleteFunctionCommand({ FunctionName: "list", Qualifier });
    const split = weighed({ "2": 0.1 });
    expect(await bothSay("lambda", split, deletion("2"))).toMatchObject({
      name: "ResourceConflictException",
      status: 409,
    });
    expect(await bothSay("lambda", reset(), deletion("1"))).toMatchObject({ status: 409 });
  });

  test("has no provisioned concurrency unless it was configured", async () => {
    const asked = new GetProvisionedConcurrencyConfigCommand({ FunctionName: "list", Qualifier: "live" });
    expect(await bothSay("lambda", asked)).toMatchObject({
      name: "ProvisionedConcurrencyConfigNotFoundException",
      status: 404,
    });
  });
});

describe("a version", () => {
  test("is not published again while nothing has changed: the last one is the answer", async () => {
    const FunctionName = "list";
    const again = await fixture.lambda.send(new PublishVersionCommand({ FunctionName }));
    expect(again.Version).toBe("4");
  });
});

describe("an alias of a state machine", () => {
  const routed = (...weights: [string, number][]) =>
    new UpdateStateMachineAliasCommand({
      stateMachineAliasArn: `${machineArn}:live`,
      routingConfiguration: weights.map(([version, weight]) => ({
        stateMachineVersionArn: `${machineArn}:${version}`,
        weight,
      })),
    });

  test("routes by whole weights that sum to 100, over distinct versions that exist", async () => {
    expect(await bothSay("sfn", routed(["1", 70], ["2", 30]))).toBe("done");
    for (const command of [routed(["1", 70], ["2", 29]), routed(["1", 50], ["1", 50]), routed(["1", 50], ["9", 50])]) {
      expect(await bothSay("sfn", command)).not.toBe("done");
    }
    expect(await bothSay("sfn", routed(["1", 100]))).toBe("done");
  });

  test("has no revision: a write cannot insist on what it saw", async () => {
    const seen = await sfn.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: `${machineArn}:live` }));
    expect(Object.keys(seen).filter((name) => /revision/i.test(name))).toEqual([]);
  });

  test("keeps the versions that it refers to", async () => {
    const deletion = new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${machineArn}:1` });
    expect(await bothSay("sfn", deletion)).toMatchObject({ name: "ConflictException" });
  });
});

describe("a journal's object", () => {
  const object = { Bucket: "journal", Key: "release.json", ExpectedBucketOwner: "000000000000" };
  const put = (more: object) => new PutObjectCommand({ ...object, Body: "a", ...more });

  test("is created once, and changed only from what was seen", async () => {
    const first = put({ IfNoneMatch: "*" });
    const second = put({ IfNoneMatch: "*", Body: "b" });
    expect(await bothSay("s3", first, second)).toMatchObject({ name: "PreconditionFailed", status: 412 });
    await s3.send(put({ Body: "a" }));
    expect(await bothSay("s3", put({}), put({ IfMatch: '"other"', Body: "b" }))).toMatchObject({ status: 412 });
    expect(await bothSay("s3", put({ Key: "none", IfMatch: '"other"' }))).toMatchObject({ status: 404 });
    expect(await bothSay("s3", new GetObjectCommand({ ...object, Key: "none" }))).toMatchObject({ name: "NoSuchKey" });
  });

  test("of another account's bucket is refused", async () => {
    const stranger = put({ ExpectedBucketOwner: "999999999999" });
    expect(await bothSay("s3", stranger)).toMatchObject({ name: "AccessDenied", status: 403 });
  });
});
