import { describe, expect, test } from "vitest";
import { compareDerived } from "./derived.ts";
import { findDifferences } from "./same-answer.ts";

const differences = (recorded: unknown, actual: unknown) => findDifferences(recorded, actual, new Map());

describe("an answer is the same as the recorded one", () => {
  test.for<[string, unknown, unknown]>([
    [
      "when placeholders stand for its values",
      { Arn: "arn:<partition>:sns:<region>:111111111111:<name:1>" },
      { Arn: "arn:aws:sns:us-east-1:000000000000:t" },
    ],
    ["when a time was replaced", { CreationDate: "datetime" }, { CreationDate: new Date(0) }],
    ["when a value was replaced by its member's name", { EventId: "event-id" }, { EventId: "1" }],
    ["when a name lacks its random end", { TopicName: "topic" }, { TopicName: "topic-0a1b2c3d" }],
    ["when JSON in a text is written differently", { Body: '{"a": 1, "b": 2}' }, { Body: '{"b":2,"a":1}' }],
    ["when an empty list is left out", { Items: [] }, {}],
    ["when a list has another order", { Tags: [{ Key: "a" }, { Key: "b" }] }, { Tags: [{ Key: "b" }, { Key: "a" }] }],
  ])("%s", ([, recorded, actual]) => {
    expect(differences(recorded, actual)).toEqual([]);
  });
});

describe("an answer differs", () => {
  test.for<[string, unknown, unknown]>([
    ["by another value", { State: "Active" }, { State: "Pending" }],
    ["by a member that AWS does not give", { A: 1 }, { A: 1, B: 2 }],
    ["by a member that is missing", { A: 1, B: 2 }, { A: 1 }],
    [
      "by the words of an error",
      { Error: { Code: "X", Message: "No such queue" } },
      { Error: { Code: "X", Message: "No queue" } },
    ],
    ["by the text around a placeholder", "Stack [<stack-name:1>] does not exist", "Stack [s] is gone"],
    ["where a time is missing", { CreationDate: "datetime" }, {}],
    ["the same placeholder with another value", { a: "<uuid:1>", b: "<uuid:1>" }, { a: "x", b: "y" }],
    ["by the number of its items", { Items: [1, 2] }, { Items: [1] }],
    ["by what JSON in a text holds", { Body: '{"a": 1}' }, { Body: '{"a":2}' }],
    ["by its status", { ResponseMetadata: { HTTPStatusCode: 200 } }, { ResponseMetadata: { HTTPStatusCode: 404 } }],
    ["by a random end that is none", { TopicName: "topic" }, { TopicName: "topic-other" }],
  ])("%s", ([, recorded, actual]) => {
    expect(differences(recorded, actual)).not.toEqual([]);
  });
});

describe("a value that was made from answers", () => {
  const made = [
    {
      call: "cloudformation.DescribeStacks",
      input: {},
      answer: {
        Stacks: [
          { StackName: "s", StackStatus: "CREATE_COMPLETE", Outputs: [{ OutputKey: "Url", OutputValue: "https://a" }] },
        ],
      },
    },
    { call: "sqs.ReceiveMessage", input: {}, answer: { Messages: [{ Body: "one", MessageId: "1" }] } },
    { call: "sqs.ReceiveMessage", input: {}, answer: { Messages: [{ Body: "two", MessageId: "2" }] } },
    {
      call: "sns.GetTopicAttributes",
      input: {},
      answer: { Error: { Code: "NotFound", Message: "Topic does not exist" } },
    },
  ];
  const kindOf = (recorded: unknown) => compareDerived("value", recorded, made).kind;

  test("is found as a part, as outputs, as the messages of several receives, and as an error's text", () => {
    expect(
      kindOf({
        StackName: "s",
        StackStatus: "CREATE_COMPLETE",
        Outputs: [{ OutputKey: "Url", OutputValue: "https://a" }],
      }),
    ).toBe("same");
    expect(kindOf({ Url: "https://a" })).toBe("same");
    expect(
      kindOf([
        { Body: "one", MessageId: "<uuid:1>" },
        { Body: "two", MessageId: "<uuid:2>" },
      ]),
    ).toBe("same");
    expect(
      kindOf("An error occurred (NotFound) when calling the GetTopicAttributes operation: Topic does not exist"),
    ).toBe("same");
  });

  test("differs from what is nearly alike", () => {
    expect(kindOf({ StackName: "s", StackStatus: "DELETE_COMPLETE", Outputs: [] })).toBe("differs");
    expect(
      kindOf([
        { Body: "one", MessageId: "<uuid:1>" },
        { Body: "three", MessageId: "<uuid:2>" },
      ]),
    ).toBe("differs");
    expect(kindOf("An error occurred (NotFound) when calling the GetTopicAttributes operation: No topic")).toBe(
      "differs",
    );
  });

  test("is unknown where nothing is like it", () => {
    expect(kindOf({ status_code: 200 })).toBe("unknown");
    expect(kindOf(true)).toBe("unknown");
  });
});
