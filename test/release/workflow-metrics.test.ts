import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  PublishStateMachineVersionCommand,
  SFNClient,
  StartExecutionCommand,
  UpdateStateMachineCommand,
} from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Aws } from "../../lib/aws/aws.ts";
import { WorkflowMetrics } from "../../lib/release/aws/workflow-metrics.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";

let cloud: TestCloud;
let aws: Aws;

beforeAll(async () => {
  cloud = await startTestCloud({ roles: ["flow"] });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  aws = new Aws({ region: "us-east-1", endpoint: cloud.endpoint, credentials });
});

afterAll(async () => {
  await aws.close();
  await cloud.stop();
});

const definition = (next: object) => JSON.stringify({ StartAt: "Do", States: { Do: next } });

test("a workflow's executions are counted by the version that they were led to, in the minute of their start", async () => {
  const sfn = cloud.client(SFNClient);
  const choice = {
    Type: "Choice",
    Choices: [{ Variable: "$.fail", BooleanEquals: true, Next: "Broken" }],
    Default: "Fine",
  };
  const states = { Do: choice, Broken: { Type: "Fail", Error: "Broken" }, Fine: { Type: "Succeed" } };
  const { stateMachineArn } = await sfn.send(
    new CreateStateMachineCommand({
      name: "flow",
      definition: JSON.stringify({ StartAt: "Do", States: states }),
      roleArn: "arn:aws:iam::000000000000:role/flow",
    }),
  );
  const publish = async () =>
    (await sfn.send(new PublishStateMachineVersionCommand({ stateMachineArn }))).stateMachineVersionArn!;
  const stable = await publish();
  await sfn.send(
    new UpdateStateMachineCommand({
      stateMachineArn,
      definition: definition({ Type: "Wait", Seconds: 3600, End: true }),
    }),
  );
  const next = await publish();
  const routingConfiguration = [{ stateMachineVersionArn: stable, weight: 100 }];
  await sfn.send(new CreateStateMachineAliasCommand({ name: "live", routingConfiguration }));
  const start = (arn: string, fail: boolean) =>
    sfn.send(new StartExecutionCommand({ stateMachineArn: arn, input: JSON.stringify({ fail }) }));
  const from = cloud.clock.now();
  for (const fail of [false, false, true]) await start(`${stateMachineArn}:live`, fail);
  await start(stateMachineArn!, true);
  await start(next, false);

  const target = { kind: "state-machine" as const, name: stateMachineArn!, alias: "live" };
  const metrics = new WorkflowMetrics(aws);
  const read = () => metrics.read({ target, next, stable, from, to: cloud.clock.now() });
  const sum = (counts: readonly { invocations: number; errors: number }[]) =>
    counts.reduce((all, { invocations, errors }) => [all[0]! + invocations, all[1]! + errors], [0, 0]);
  await expect.poll(async () => sum((await read()).stable)).toEqual([3, 1]);
  // Running executions do not count as evidence yet.
  expect((await read()).next).toEqual([]);
  await cloud.clock.advance(3_601_000);
  await expect.poll(async () => sum((await read()).next)).toEqual([1, 0]);
  // What began before the window is none either.
  const later = await metrics.read({ target, next, stable, from: cloud.clock.now(), to: cloud.clock.now() });
  expect(later).toEqual({ next: [], stable: [] });
});
