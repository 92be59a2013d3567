import { App, LegacyStackSynthesizer, SecretValue, Stack } from "aws-cdk-lib";
import { ApiDestination, Authorization, Connection } from "aws-cdk-lib/aws-events";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { CloudWatchLogsClient, FilterLogEventsCommand } from "@aws-sdk/client-cloudwatch-logs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { EventBus, Rule, Stream, Topic } from "../../../lib/index.ts";
import { deploy } from "../cloudformation/spine.ts";
import { startEvents } from "./events-fixture.ts";

test("our own rules have access to a log group, an API destination, a stream, a topic and another bus", async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(await text(request));
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const fixture = await startEvents();
  const { cloud } = fixture;

  const app = new App({ analyticsReporting: false, context: { "tidegate:stage": "local" } });
  const stack = new Stack(app, "Own", { synthesizer: new LegacyStackSynthesizer() });
  const bus = new EventBus(stack, "Bus", { eventBusName: "shop" });
  const other = new EventBus(stack, "Other", { eventBusName: "other" });
  const authorization = Authorization.apiKey("X-Key", SecretValue.unsafePlainText("hidden"));
  const connection = new Connection(stack, "Connection", { authorization });
  const endpoint = `http://127.0.0.1:${port}/in`;
  new Rule(stack, "All", { eventBus: bus, eventPattern: { source: ["shop"] } })
    .to(new LogGroup(stack, "Log", { logGroupName: "/aws/events/all" }))
    .to(new ApiDestination(stack, "Partner", { connection, endpoint }))
    .to(new Stream(stack, "Stream", { streamName: "all" }))
    .to(new Topic(stack, "Topic"))
    .to(other);
  new Rule(stack, "Onward", { eventBus: other, eventPattern: { source: ["shop"] } }).to(
    new LogGroup(stack, "OtherLog", { logGroupName: "/aws/events/other" }),
  );
  const { template } = app.synth().getStackByName("Own") as { template: unknown };
  const made = await deploy(cloud.client(CloudFormationClient), "Own", template, { ChangeSetType: "CREATE" });
  expect(made.StackStatus).toBe("CREATE_COMPLETE");

  await fixture.put({ Source: "shop", DetailType: "order", Detail: '{"id":7}', EventBusName: "shop" });
  const logs = cloud.client(CloudWatchLogsClient);
  for (const logGroupName of ["/aws/events/all", "/aws/events/other"]) {
    const look = async () => (await logs.send(new FilterLogEventsCommand({ logGroupName }))).events?.[0]?.message;
    await expect.poll(look).toContain('"detail":{"id":7}');
  }
  await expect.poll(() => bodies).toEqual([expect.stringContaining('"detail":{"id":7}')]);

  await cloud.stop();
  server.closeAllConnections();
  server.close();
});
