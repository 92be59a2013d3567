import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { PublishBatchCommand, PublishCommand, type MessageAttributeValue } from "@aws-sdk/client-sns";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLambda, type LambdaFixture } from "../lambda/lambda-fixture.ts";
import { eventually, topicsOf } from "./sns-fixture.ts";

let fixture: LambdaFixture;
let make: ReturnType<typeof topicsOf>;
let eventsFile: string;
const CODE = `exports.handler = async (event) =>
  require("node:fs").appendFileSync(process.env.EVENTS, JSON.stringify(event) + "\\n");`;
const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:listener";

interface SnsEvent {
  readonly Records: readonly { readonly Sns: Record<string, unknown> }[];
}

beforeAll(async () => {
  fixture = await startLambda({ log: () => undefined });
  eventsFile = join(fixture.cloud.stateFolder, "events");
  make = topicsOf(fixture.cloud);
  await fixture.make("listener", CODE, { Environment: { Variables: { EVENTS: eventsFile } } });
  await fixture.lambda.send(
    new AddPermissionCommand({
      FunctionName: "listener",
      StatementId: "sns",
      Action: "lambda:InvokeFunction",
      Principal: "sns.amazonaws.com",
    }),
  );
});
afterAll(() => fixture.cloud.stop());

async function events(topicArn: string): Promise<SnsEvent[]> {
  const text = await readFile(eventsFile, "utf8").catch(() => "");
  const all = text.split("\n").filter((line) => line !== "");
  return all
    .map((line) => JSON.parse(line) as SnsEvent)
    .filter(({ Records }) => Records[0]!.Sns["TopicArn"] === topicArn);
}

test("a function gets the event that AWS sends", async () => {
  const TopicArn = await make.topic("to-function");
  const subscription = await make.subscribe(TopicArn, "lambda", FUNCTION);
  const { MessageId } = await make.sns.send(new PublishCommand({ TopicArn, Message: "Hello world.", Subject: "Test" }));
  await eventually(async () => (await events(TopicArn)).length === 1);
  const any = expect.any(String) as string;
  expect((await events(TopicArn))[0]).toEqual({
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: subscription,
        Sns: {
          Type: "Notification",
          MessageId,
          TopicArn,
          Subject: "Test",
          Message: "Hello world.",
          Timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]+\.\d{3}Z$/) as string,
          SignatureVersion: "1",
          Signature: any,
          SigningCertUrl: expect.stringContaining("/SimpleNotificationService-") as string,
          UnsubscribeUrl: expect.stringContaining(`/?Action=Unsubscribe&SubscriptionArn=${subscription}`) as string,
          MessageAttributes: {},
        },
      },
    ],
  });
});

const text = (StringValue: string, DataType = "String"): MessageAttributeValue => ({ DataType, StringValue });

/** What comes through of the messages; `count` of them are waited for, and one more that fits every filter. */
async function delivered(
  name: string,
  filter: object,
  scope: string,
  messages: [string, object][],
  count: number,
): Promise<Set<unknown>> {
  const TopicArn = await make.topic(name);
  await make.subscribe(TopicArn, "lambda", FUNCTION, {
    FilterPolicy: JSON.stringify(filter),
    FilterPolicyScope: scope,
  });
  const entries = messages.map(([Message, MessageAttributes], index) => ({
    Id: String(index),
    Message,
    MessageAttributes: MessageAttributes as Record<string, MessageAttributeValue>,
  }));
  await make.sns.send(new PublishBatchCommand({ TopicArn, PublishBatchRequestEntries: entries }));
  await make.sns.send(new PublishCommand({ TopicArn, Message: '{"a":"end"}', MessageAttributes: { a: text("end") } }));
  const got = async () => (await events(TopicArn)).map(({ Records }) => Records[0]!.Sns["Message"]);
  await eventually(async () => (await got()).length > count);
  return new Set((await got()).filter((message) => message !== '{"a":"end"}'));
}

test("a filter on attributes lets through what fits", async () => {
  const filter = {
    $or: [{ a: ["end"] }, { b: [{ numeric: [">", 0, "<=", 100] }], c: [{ exists: false }] }, { a: ["red"] }],
  };
  const got = await delivered(
    "by-attributes",
    filter,
    "MessageAttributes",
    [
      ["number", { b: text("99.5", "Number") }],
      ["number too big", { b: text("111", "Number") }],
      ["text that looks like a number", { b: text("99") }],
      ["number, but not alone", { b: text("99", "Number"), c: text("x") }],
      ["list", { a: text('["blue","red"]', "String.Array") }],
      ["none", {}],
    ],
    2,
  );
  expect(got).toEqual(new Set(["list", "number"]));
});

test("a filter on the body lets through what fits, dots or not", async () => {
  const filter = { $or: [{ a: ["end"] }, { "object.nested": [{ prefix: "str" }] }] };
  const got = await delivered(
    "by-body",
    filter,
    "MessageBody",
    [
      ['{"object":{"nested":"string"}}', {}],
      ['{"object.nested":"string"}', {}],
      ['{"object":{"nested":["x","string"]}}', {}],
      ['{"object":{"nested":"other"}}', {}],
      ["no JSON", { a: text("end") }],
    ],
    3,
  );
  expect(got).toEqual(
    new Set(['{"object.nested":"string"}', '{"object":{"nested":"string"}}', '{"object":{"nested":["x","string"]}}']),
  );
});

test("a structured message has its own text for functions", async () => {
  const TopicArn = await make.topic("structured");
  await make.subscribe(TopicArn, "lambda", FUNCTION);
  const Message = JSON.stringify({ default: "for all", lambda: "for functions" });
  await make.sns.send(new PublishCommand({ TopicArn, MessageStructure: "json", Message }));
  await eventually(async () => (await events(TopicArn)).length === 1);
  expect((await events(TopicArn))[0]!.Records[0]!.Sns["Message"]).toBe("for functions");
});
