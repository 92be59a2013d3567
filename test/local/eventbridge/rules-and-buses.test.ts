import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  TestEventPatternCommand,
  UntagResourceCommand,
  UpdateEventBusCommand,
} from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEvents, type EventsFixture } from "./events-fixture.ts";

let fixture: EventsFixture;
const ARN = "arn:aws:events:us-east-1:000000000000";
const QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
const PATTERN = '{"source":["core.update-account-command"]}';

beforeAll(async () => {
  fixture = await startEvents();
});

afterAll(() => fixture.cloud.stop());

const send = ((command: never) => fixture.events.send(command)) as unknown as EventsFixture["events"]["send"];

describe("a bus", () => {
  test("is created, updated, listed by prefix, and deleted", async () => {
    const made = await send(new CreateEventBusCommand({ Name: "bus-1", Description: "one" }));
    expect(made.EventBusArn).toBe(`${ARN}:event-bus/bus-1`);
    await send(new UpdateEventBusCommand({ Name: "bus-1", Description: "two" }));
    expect(await send(new DescribeEventBusCommand({ Name: made.EventBusArn }))).toMatchObject({
      Name: "bus-1",
      Arn: made.EventBusArn,
      Description: "two",
      CreationTime: expect.any(Date) as Date,
    });
    const list = async (NamePrefix: string) =>
      (await send(new ListEventBusesCommand({ NamePrefix }))).EventBuses!.map(({ Name }) => Name);
    expect([await list("bus-"), await list("bus-1"), await list("")]).toEqual([
      ["bus-1"],
      ["bus-1"],
      ["bus-1", "default"],
    ]);
    await send(new DeleteEventBusCommand({ Name: "bus-1" }));
    await send(new DeleteEventBusCommand({ Name: "bus-1" }));
    expect(await list("")).toEqual(["default"]);
  });

  test("has a policy, statement by statement or as a whole", async () => {
    await send(new CreateEventBusCommand({ Name: "open" }));
    const bus = { EventBusName: "open", Action: "events:PutEvents" };
    await send(new PutPermissionCommand({ ...bus, StatementId: "a", Principal: "111111111111" }));
    await send(new PutPermissionCommand({ ...bus, StatementId: "b", Principal: "*" }));
    const policy = async () => (await send(new DescribeEventBusCommand({ Name: "open" }))).Policy;
    expect(JSON.parse((await policy())!)).toEqual({
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "a",
          Effect: "Allow",
          Principal: { AWS: "arn:aws:iam::111111111111:root" },
          Action: "events:PutEvents",
          Resource: `${ARN}:event-bus/open`,
        },
        {
          Sid: "b",
          Effect: "Allow",
          Principal: "*",
          Action: "events:PutEvents",
          Resource: `${ARN}:event-bus/open`,
        },
      ],
    });
    const removal = new RemovePermissionCommand({ EventBusName: "open", StatementId: "c" });
    await expect(send(removal)).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: "Statement with the provided id does not exist.",
    });
    await send(new RemovePermissionCommand({ EventBusName: "open", RemoveAllPermissions: true }));
    expect(await policy()).toBeUndefined();
  });
});

describe("a rule", () => {
  test("is described as AWS does, with the bus in its ARN where that is not the default one", async () => {
    await send(new CreateEventBusCommand({ Name: "rules" }));
    const { RuleArn } = await send(new PutRuleCommand({ Name: "r", EventBusName: "rules", EventPattern: PATTERN }));
    expect(RuleArn).toBe(`${ARN}:rule/rules/r`);
    const { $metadata: _, ...described } = await send(new DescribeRuleCommand({ Name: "r", EventBusName: "rules" }));
    expect(described).toEqual({
      Arn: RuleArn,
      CreatedBy: "000000000000",
      EventBusName: "rules",
      EventPattern: PATTERN,
      Name: "r",
      State: "ENABLED",
    });
    await expect(send(new DeleteEventBusCommand({ Name: "rules" }))).rejects.toMatchObject({
      name: "ValidationException",
    });
  });

  test("matches nothing while it is disabled", async () => {
    const Arn = await fixture.listener("sometimes");
    await fixture.rule("sometimes", { source: ["sometimes"] }, { Arn });
    const put = (DetailType: string) => fixture.put({ Source: "sometimes", DetailType, Detail: "{}" });
    await send(new DisableRuleCommand({ Name: "sometimes" }));
    await put("unheard");
    await send(new EnableRuleCommand({ Name: "sometimes" }));
    await put("heard");
    await expect.poll(() => fixture.heard("sometimes")).toMatchObject([{ "detail-type": "heard" }]);
  });

  test("keeps its targets when it is put again, and is kept while it has some", async () => {
    const Targets = [{ Id: "1", Arn: QUEUE }];
    await send(new PutRuleCommand({ Name: "kept", EventPattern: PATTERN }));
    await send(new PutTargetsCommand({ Rule: "kept", Targets }));
    await send(new PutRuleCommand({ Name: "kept", EventPattern: '{"source":["other"]}', Description: "d" }));
    const list = async () => (await send(new ListTargetsByRuleCommand({ Rule: "kept" }))).Targets;
    expect(await list()).toEqual(Targets);
    await expect(send(new DeleteRuleCommand({ Name: "kept" }))).rejects.toMatchObject({
      message: "Rule can't be deleted since it has targets.",
    });
    expect(await send(new RemoveTargetsCommand({ Rule: "kept", Ids: ["1"] }))).toMatchObject({ FailedEntryCount: 0 });
    expect(await list()).toEqual([]);
    await send(new DeleteRuleCommand({ Name: "kept" }));
    await send(new DeleteRuleCommand({ Name: "kept" }));
  });

  test("is listed page by page, and found by its target", async () => {
    const Targets = [{ Id: "1", Arn: `${QUEUE}-pages` }];
    for (const index of [0, 1, 2, 3, 4]) {
      await send(new PutRuleCommand({ Name: `page-${index}`, EventPattern: PATTERN }));
      await send(new PutTargetsCommand({ Rule: `page-${index}`, Targets }));
    }
    const first = await send(new ListRulesCommand({ NamePrefix: "page-", Limit: 3 }));
    const second = await send(new ListRulesCommand({ NamePrefix: "page-", Limit: 3, NextToken: first.NextToken }));
    expect([first.Rules, second.Rules].map((rules) => rules!.map(({ Name }) => Name))).toEqual([
      ["page-0", "page-1", "page-2"],
      ["page-3", "page-4"],
    ]);
    expect(second.NextToken).toBeUndefined();
    const named = await send(new ListRuleNamesByTargetCommand({ TargetArn: `${QUEUE}-pages`, Limit: 2 }));
    expect(named.RuleNames).toEqual(["page-0", "page-1"]);
    expect((await send(new ListRuleNamesByTargetCommand({ TargetArn: `${QUEUE}-none` }))).RuleNames).toEqual([]);
  });

  test("takes five targets and no sixth", async () => {
    await send(new PutRuleCommand({ Name: "five", EventPattern: PATTERN }));
    const targets = ["1", "2", "3", "4", "5", "6"].map((Id) => ({ Id, Arn: QUEUE }));
    await send(new PutTargetsCommand({ Rule: "five", Targets: targets.slice(0, 5) }));
    await expect(send(new PutTargetsCommand({ Rule: "five", Targets: targets }))).rejects.toMatchObject({
      name: "LimitExceededException",
      message: "The requested resource exceeds the maximum number allowed.",
    });
  });
});

test("buses and rules have tags", async () => {
  const Tags = [
    { Key: "tag1", Value: "value1" },
    { Key: "tag2", Value: "value2" },
  ];
  await send(new CreateEventBusCommand({ Name: "tagged", Tags }));
  await send(new PutRuleCommand({ Name: "tagged", EventBusName: "tagged", EventPattern: PATTERN }));
  for (const ResourceARN of [`${ARN}:event-bus/tagged`, `${ARN}:rule/tagged/tagged`]) {
    await send(new TagResourceCommand({ ResourceARN, Tags }));
    expect((await send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual(Tags);
    await send(new UntagResourceCommand({ ResourceARN, TagKeys: ["tag2", "none"] }));
    expect((await send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual(Tags.slice(0, 1));
  }
});

test.each([
  [new CreateEventBusCommand({ Name: "default" }), "Event bus default already exists."],
  [new CreateEventBusCommand({ Name: "a/b" }), "Event bus name must not contain '/'."],
  [new DeleteEventBusCommand({ Name: "default" }), "Cannot delete event bus default."],
  [new DescribeEventBusCommand({ Name: "none" }), "Event bus none does not exist."],
  [new PutRuleCommand({ Name: "x" }), "Parameter(s) EventPattern or ScheduleExpression must be specified."],
  [new PutRuleCommand({ Name: "x", EventBusName: "none", EventPattern: PATTERN }), "Event bus none does not exist."],
  [
    new PutRuleCommand({ Name: "x", EventPattern: '{"resources": []}' }),
    `Event pattern is not valid. Reason: Empty arrays are not allowed\n at [Source: (String)"{"resources": []}"; line: 1, column: 17]`,
  ],
  [
    new PutRuleCommand({ Name: "x", EventBusName: "tagged", ScheduleExpression: "rate(1 minute)" }),
    "ScheduleExpression is supported only on the default event bus.",
  ],
  [new DescribeRuleCommand({ Name: "none" }), "Rule none does not exist on EventBus default."],
  [new PutTargetsCommand({ Rule: "none", Targets: [] }), "Rule none does not exist on EventBus default."],
  [new ListTagsForResourceCommand({ ResourceARN: `${ARN}:event-bus/none` }), "Event bus none does not exist."],
  [
    new ListTagsForResourceCommand({ ResourceARN: `${ARN}:rule/none` }),
    "Rule none does not exist on EventBus default.",
  ],
  [new TestEventPatternCommand({ EventPattern: PATTERN, Event: "text" }), "Parameter Event is not valid."],
  [new TestEventPatternCommand({ EventPattern: PATTERN, Event: "[1]" }), "Parameter Event is not valid."],
])("fails in AWS's words, case %#", async (command, message) => {
  await expect(send(command as DescribeRuleCommand)).rejects.toMatchObject({ message });
});

test("a pattern is tried on an event", async () => {
  const event = {
    id: "1",
    source: "order",
    "detail-type": "t",
    account: "1",
    region: "r",
    time: "2022-07-13T13:48:01Z",
  };
  const isMatch = async (pattern: object) =>
    (await send(new TestEventPatternCommand({ EventPattern: JSON.stringify(pattern), Event: JSON.stringify(event) })))
      .Result;
  expect([await isMatch({ source: ["order"] }), await isMatch({ source: ["shipment"] })]).toEqual([true, false]);
});
