import { PutTargetsCommand, type Target } from "@aws-sdk/client-eventbridge";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEvents, type EventsFixture } from "./events-fixture.ts";
import { openQueues, type QueueFixture } from "./queue-fixture.ts";

let fixture: EventsFixture;
let queues: QueueFixture;
let Arn: string;

beforeAll(async () => {
  fixture = await startEvents();
  queues = openQueues(fixture.cloud);
  Arn = await queues.make("inputs");
  await fixture.rule("inputs", { source: ["shop"] }, { Arn });
});

afterAll(() => fixture.cloud.stop());

const DETAIL = {
  command: "update-account",
  userId: "0a787ecb-4015",
  payload: { acc_id: "0a787ecb-4015", sf_id: "baz" },
  listsingle: ["HIGH"],
  quote: 'say "hi"',
  count: 3,
};

const setTarget = (target: Partial<Target>) =>
  fixture.events.send(new PutTargetsCommand({ Rule: "inputs", Targets: [{ Id: "1", Arn, ...target }] }));

async function bodyFor(target: Partial<Target>): Promise<string> {
  await setTarget(target);
  await fixture.put({ Source: "shop", DetailType: "t", Detail: JSON.stringify(DETAIL) });
  return (await queues.take("inputs"))[0]!.Body!;
}

const PATHS = {
  userId: "$.detail.userId",
  payload: "$.detail.payload",
  type: "$.detail-type",
  listsingle: "$.detail.listsingle",
  first: "$.detail.listsingle[0]",
  quote: "$.detail.quote",
  count: "$.detail.count",
  missing: "$.detail.nothing.here",
};

describe("a target's input", () => {
  test.each([
    [{ Input: '{"constant": true}' }, '{"constant": true}'],
    [{ InputPath: "$.detail.payload" }, '{"acc_id":"0a787ecb-4015","sf_id":"baz"}'],
    [{ InputPath: "$.detail['payload'].sf_id" }, '"baz"'],
    [{ InputPath: "$.doesnotexist" }, "null"],
  ])("is %j", async (target, body) => {
    expect(await bodyFor(target)).toBe(body);
  });

  test.each([
    ['"Event of <type> for <missing>"', '"Event of t for "'],
    ['"{[/Check with special starting characters for <type>"', '"{[/Check with special starting characters for t"'],
    ['"<listsingle> single list item"', '"[HIGH] single list item"'],
    ['{"id" : "<userId>"}', '{"id" : "0a787ecb-4015"}'],
    [
      '{"path": "users/<userId>", "id": <userId>, "body": <payload>}',
      '{"path": "users/0a787ecb-4015", "id": "0a787ecb-4015", "body": {"acc_id":"0a787ecb-4015","sf_id":"baz"}}',
    ],
    ['{"twice": "users/<userId>/second/<userId>"}', '{"twice": "users/0a787ecb-4015/second/0a787ecb-4015"}'],
    ['{"n": <count>, "f": <first>, "q": "<quote>"}', '{"n": 3, "f": "HIGH", "q": "say \\"hi\\""}'],
    ['"first <type>"\n"second <count>"', '"first t"\n"second 3"'],
    ['"<aws.events.rule-name> <aws.events.rule-arn>"', '"inputs arn:aws:events:us-east-1:000000000000:rule/inputs"'],
  ])("is the template %j, filled", async (InputTemplate, body) => {
    expect(await bodyFor({ InputTransformer: { InputPathsMap: PATHS, InputTemplate } })).toBe(body);
  });

  test("knows the event as a whole, with and without its detail", async () => {
    const InputTemplate = '{"short": <aws.events.event>, "long": <aws.events.event.json>}';
    const { short, long } = JSON.parse(await bodyFor({ InputTransformer: { InputTemplate } })) as Record<
      string,
      Record<string, unknown>
    >;
    expect(Object.keys(short!).sort()).toEqual([
      "account",
      "detailType",
      "id",
      "region",
      "resources",
      "source",
      "time",
      "version",
    ]);
    expect(long).toMatchObject({ id: short!["id"], "detail-type": "t", detail: DETAIL });
  });

  test.each<[Partial<Target>, string]>([
    [
      { InputPath: "$", InputTransformer: { InputTemplate: '"x"' } },
      "Only one of Input, InputPath, or InputTransformer must be provided for target 1.",
    ],
    [{ Input: "{" }, "JSON syntax error in input for target 1."],
    [{ InputPath: "detail" }, "Invalid JsonPath for target 1."],
    [
      { InputTransformer: { InputTemplate: '{"a": oops}' } },
      "Invalid InputTemplate for target 1 : Unrecognized token 'oops'",
    ],
    [{ Arn: "nonsense" }, "Parameter Arn is not valid. Reason: Provided Arn is not in correct format."],
    [
      { Arn: "arn:aws:states:us-east-1:000000000000:stateMachine:m" },
      "RoleArn is required for target arn:aws:states:us-east-1:000000000000:stateMachine:m.",
    ],
    [
      { Arn: "arn:aws:sqs:us-east-1:000000000000:q.fifo" },
      "Parameter(s) SqsParameters must be specified for target: 1.",
    ],
    [
      { Id: "!@#$@!#$" },
      "1 validation error detected: Value '!@#$@!#$' at 'targets.1.member.id' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+",
    ],
    [{ RetryPolicy: { MaximumRetryAttempts: 186 } }, "Member must have value less than or equal to 185"],
  ])("fails when the target is %j", async (target, message) => {
    await expect(setTarget(target)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message) as string,
    });
  });

  test("fails by name for targets that are not supported", async () => {
    await expect(setTarget({ Arn: "arn:aws:firehose:us-east-1:000000000000:deliverystream/d" })).rejects.toMatchObject({
      name: "NotImplemented",
    });
  });
});
