import { CloudWatchClient, GetMetricStatisticsCommand } from "@aws-sdk/client-cloudwatch";
import { PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { LambdaClient, RemovePermissionCommand } from "@aws-sdk/client-lambda";
import type { Message } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEvents, type EventsFixture } from "./events-fixture.ts";
import { openQueues, type QueueFixture } from "./queue-fixture.ts";

let fixture: EventsFixture;
let queues: QueueFixture;
let deadLetterArn: string;

beforeAll(async () => {
  fixture = await startEvents();
  queues = openQueues(fixture.cloud);
  deadLetterArn = await queues.make("dead");
});

afterAll(() => fixture.cloud.stop());

const send = (Source: string) => fixture.put({ Source, DetailType: "t", Detail: '{"a":1}' });

function attributesOf({ MessageAttributes = {} }: Message): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]));
}

describe("an event that does not reach its target", () => {
  test("is dead-lettered at once when the target does not allow EventBridge", async () => {
    const Arn = await queues.make("closed", { isClosed: true });
    await fixture.rule(
      "closed",
      { source: ["closed"] },
      { Arn, DeadLetterConfig: { Arn: deadLetterArn }, Input: "{}" },
    );
    await send("closed");
    const [message] = await queues.take("dead");
    expect(JSON.parse(message!.Body!)).toMatchObject({ source: "closed", detail: { a: 1 } });
    expect(attributesOf(message!)).toEqual({
      RULE_ARN: "arn:aws:events:us-east-1:000000000000:rule/closed",
      TARGET_ARN: Arn,
      ERROR_CODE: "NO_PERMISSIONS",
      ERROR_MESSAGE: expect.stringContaining("sqs:SendMessage") as string,
    });
  });

  test("is dead-lettered at once when a function does not allow EventBridge", async () => {
    const Arn = await fixture.listener("closed");
    const lambda = fixture.cloud.client(LambdaClient);
    await lambda.send(new RemovePermissionCommand({ FunctionName: "closed", StatementId: "events" }));
    await fixture.rule("shut", { source: ["shut"] }, { Arn, DeadLetterConfig: { Arn: deadLetterArn } });
    await send("shut");
    expect(attributesOf((await queues.take("dead"))[0]!)).toMatchObject({
      ERROR_CODE: "NO_PERMISSIONS",
      TARGET_ARN: Arn,
    });
  });

  test("is dead-lettered at once when the target is gone", async () => {
    const Arn = "arn:aws:lambda:us-east-1:000000000000:function:nothing";
    await fixture.rule("gone", { source: ["gone"] }, { Arn, DeadLetterConfig: { Arn: deadLetterArn } });
    await send("gone");
    expect(attributesOf((await queues.take("dead"))[0]!)).toMatchObject({ ERROR_CODE: "NO_RESOURCE" });
  });

  test("is discarded, with a line in the log, where there is no dead-letter queue, and delays nothing", async () => {
    const open = await queues.make("open");
    const closed = "arn:aws:sqs:us-east-1:000000000000:closed";
    await fixture.rule("two", { source: ["two"] }, { Arn: closed });
    const Targets = [{ Id: "2", Arn: open }];
    await fixture.events.send(new PutTargetsCommand({ Rule: "two", Targets }));
    await send("two");
    expect(await queues.take("open")).toHaveLength(1);
  });

  test("is counted, and so is its grave", async () => {
    const cloudwatch = fixture.cloud.client(CloudWatchClient);
    const sum = async (MetricName: string) => {
      const { Datapoints = [] } = await cloudwatch.send(
        new GetMetricStatisticsCommand({
          Namespace: "AWS/Events",
          MetricName,
          Dimensions: [{ Name: "RuleName", Value: "closed" }],
          StartTime: new Date(fixture.cloud.clock.now() - 600_000),
          EndTime: new Date(fixture.cloud.clock.now() + 600_000),
          Period: 3600,
          Statistics: ["Sum"],
        }),
      );
      return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0);
    };
    const names = ["TriggeredRules", "Invocations", "FailedInvocations", "InvocationsSentToDlq"];
    await expect.poll(() => Promise.all(names.map(sum))).toEqual([1, 1, 1, 1]);
  });
});
