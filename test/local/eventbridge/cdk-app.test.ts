import { App, Duration, LegacyStackSynthesizer, SecretValue, Stack } from "aws-cdk-lib";
import {
  ApiDestination,
  Archive,
  Authorization,
  CfnEventBusPolicy,
  Connection,
  EventBus,
  Rule,
  Schedule,
} from "aws-cdk-lib/aws-events";
import { SqsQueue } from "aws-cdk-lib/aws-events-targets";
import { Queue } from "aws-cdk-lib/aws-sqs";
import { CloudFormationClient, DeleteStackCommand } from "@aws-sdk/client-cloudformation";
import {
  DescribeArchiveCommand,
  DescribeConnectionCommand,
  DescribeEventBusCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deploy, settledStack } from "../cloudformation/spine.ts";
import { startEvents, type EventsFixture } from "./events-fixture.ts";
import { openQueues } from "./queue-fixture.ts";

let fixture: EventsFixture;

beforeAll(async () => {
  fixture = await startEvents();
});

afterAll(() => fixture.cloud.stop());

/** Everything that the CDK's own constructs give their resources: policies, permissions, dead-letter queues. */
function synthesise(detailType: string, withSchedule: boolean): object {
  const app = new App({ analyticsReporting: false });
  const stack = new Stack(app, "Shop", { synthesizer: new LegacyStackSynthesizer() });
  const inbox = new Queue(stack, "Inbox", { queueName: "inbox" });
  const deadLetterQueue = new Queue(stack, "Dead", { queueName: "dead" });
  const eventBus = new EventBus(stack, "Bus", { eventBusName: "shop" });
  new Rule(stack, "Orders", {
    eventBus,
    eventPattern: { source: ["shop"], detailType: [detailType] },
    targets: [new SqsQueue(inbox, { deadLetterQueue, retryAttempts: 3, maxEventAge: Duration.hours(1) })],
  });
  if (withSchedule)
    new Rule(stack, "Hourly", {
      ruleName: "hourly",
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new SqsQueue(inbox)],
    });
  new Archive(stack, "Archive", {
    archiveName: "shop",
    sourceEventBus: eventBus,
    eventPattern: { source: ["shop"] },
    retention: Duration.days(3),
  });
  const authorization = Authorization.apiKey("X-Key", SecretValue.unsafePlainText("hidden"));
  const connection = new Connection(stack, "Connection", { connectionName: "partner", authorization });
  new ApiDestination(stack, "Destination", { connection, endpoint: "https://example.com/in" });
  new CfnEventBusPolicy(stack, "Policy", {
    eventBusName: eventBus.eventBusName,
    statementId: "everybody",
    statement: { Effect: "Allow", Principal: "*", Action: "events:PutEvents", Resource: eventBus.eventBusArn },
  });
  return app.synth().getStackByName("Shop").template as object;
}

test("a CDK stack's events reach its queue; what it drops is gone, and nothing stays behind it", async () => {
  const cloudformation = fixture.cloud.client(CloudFormationClient);
  const { events } = fixture;
  const queues = openQueues(fixture.cloud);
  const put = (DetailType: string) => fixture.put({ Source: "shop", DetailType, Detail: "{}", EventBusName: "shop" });

  const made = await deploy(cloudformation, "Shop", synthesise("order", true), { ChangeSetType: "CREATE" });
  expect(made.StackStatus).toBe("CREATE_COMPLETE");
  await put("order");
  expect(JSON.parse((await queues.take("inbox"))[0]!.Body!)).toMatchObject({ "detail-type": "order" });
  await fixture.cloud.clock.advance(3_600_000);
  expect(JSON.parse((await queues.take("inbox"))[0]!.Body!)).toMatchObject({ source: "aws.events" });
  const { Policy } = await events.send(new DescribeEventBusCommand({ Name: "shop" }));
  expect(JSON.parse(Policy!)).toMatchObject({ Statement: [{ Sid: "everybody", Principal: "*" }] });
  expect(await events.send(new DescribeArchiveCommand({ ArchiveName: "shop" }))).toMatchObject({
    RetentionDays: 3,
    EventCount: 1,
  });
  expect(await events.send(new DescribeConnectionCommand({ Name: "partner" }))).toMatchObject({
    AuthorizationType: "API_KEY",
  });

  const changed = await deploy(cloudformation, "Shop", synthesise("return", false));
  expect(changed.StackStatus).toBe("UPDATE_COMPLETE");
  await put("order");
  await put("return");
  expect(JSON.parse((await queues.take("inbox"))[0]!.Body!)).toMatchObject({ "detail-type": "return" });
  expect((await events.send(new ListRulesCommand({}))).Rules).toEqual([]);
  const { Rules } = await events.send(new ListRulesCommand({ EventBusName: "shop" }));
  const rule = { Rule: Rules![0]!.Name, EventBusName: "shop" };
  expect((await events.send(new ListTargetsByRuleCommand(rule))).Targets).toMatchObject([
    { RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 3600 } },
  ]);

  await cloudformation.send(new DeleteStackCommand({ StackName: "Shop" }));
  expect((await settledStack(cloudformation, made.StackId!)).StackStatus).toBe("DELETE_COMPLETE");
  const { EventBuses } = await events.send(new ListEventBusesCommand({}));
  expect(EventBuses!.map(({ Name }) => Name)).toEqual(["default"]);
});
