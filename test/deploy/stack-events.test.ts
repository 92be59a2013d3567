import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, expect, it } from "vitest";
import { EventFollower } from "../../lib/deploy/stack-events.ts";
import type { Message } from "../../lib/io/message.ts";
import { startTestCloud, type TestCloud } from "../helpers/cloud.ts";
import { CountingProxy } from "../helpers/counting-proxy.ts";
import { deploy, eventsOf } from "../local/cloudformation/spine.ts";

const COUNT = 70;

let cloud: TestCloud;
let proxy: CountingProxy;

beforeAll(async () => {
  cloud = await startTestCloud();
  proxy = await CountingProxy.start(cloud.endpoint);
});

afterAll(async () => {
  await proxy.stop();
  await cloud.stop();
});

function template(value: (index: number) => string): object {
  const parameter = (index: number) => ({
    Type: "AWS::SSM::Parameter",
    Properties: { Type: "String", Value: value(index) },
  });
  return {
    Resources: Object.fromEntries(Array.from({ length: COUNT }, (_, index) => [`P${index}`, parameter(index)])),
  };
}

it("follows an update without reading the stack's history", async () => {
  const direct = cloud.client(CloudFormationClient);
  const { StackId = "" } = await deploy(
    direct,
    "long",
    template(() => "1"),
    { ChangeSetType: "CREATE" },
  );
  const before = await eventsOf(direct, StackId);
  expect(before.length).toBeGreaterThan(200);

  const client = cloud.client(CloudFormationClient, { endpoint: proxy.endpoint });
  const messages: Message[] = [];
  const host = { notify: (message: Message) => void messages.push(message), ask: () => Promise.resolve(true) };
  const follower = new EventFollower(client, { stackName: "long", origins: new Map() }, host);
  const reads = () => proxy.calls.filter(({ operation }) => operation === "DescribeStackEvents").length;
  await follower.skipPast(StackId);
  expect(reads()).toBe(1);

  await deploy(
    direct,
    StackId,
    template((index) => (index < 40 ? "2" : "1")),
  );
  const added = (await eventsOf(direct, StackId)).length - before.length;
  expect(added).toBeGreaterThan(80);
  await follower.tellNew(StackId);
  expect(messages).toHaveLength(added);
  expect(reads()).toBe(1 + Math.ceil((added + 1) / 100));
  await follower.tellNew(StackId);
  expect(messages).toHaveLength(added);
});
