import { describe, expect, test } from "vitest";
import { grantsService } from "../../../lib/local/policy/service-grant.ts";

const QUEUE = "arn:aws:sqs:us-east-1:000000000000:orders";
const TOPIC = "arn:aws:sns:us-east-1:000000000000:orders";
const question = {
  service: "sns.amazonaws.com",
  action: "sqs:SendMessage",
  resource: QUEUE,
  sourceArn: TOPIC,
  sourceAccount: "000000000000",
};
const SNS = { Service: "sns.amazonaws.com" };

function grants(...statements: object[]): boolean {
  const complete = statements.map((each) => ({ Effect: "Allow", Principal: SNS, Resource: QUEUE, ...each }));
  return grantsService(JSON.stringify({ Version: "2012-10-17", Statement: complete }), question);
}

describe("a resource's policy and a service", () => {
  const send = { Action: "sqs:SendMessage" };
  test.each<[string, object[], boolean]>([
    ["allows what it names", [send], true],
    ["allows what NotAction does not exclude", [{ NotAction: "sqs:DeleteMessage" }], true],
    ["does not allow what NotAction excludes", [{ NotAction: "sqs:Send*" }], false],
    ["denies what NotAction does not exclude", [send, { Effect: "Deny", NotAction: "sqs:DeleteMessage" }], false],
    [
      "denies where NotResource excludes another queue",
      [send, { ...send, Effect: "Deny", Resource: undefined, NotResource: `${QUEUE}-x` }],
      false,
    ],
    [
      "denies a source that Null finds absent",
      [send, { ...send, Effect: "Deny", Condition: { Null: { "aws:SourceVpce": "true" } } }],
      false,
    ],
    [
      "does not deny where Null finds the key",
      [send, { ...send, Effect: "Deny", Condition: { Null: { "aws:SourceArn": "true" } } }],
      true,
    ],
    [
      "denies by a negated operator on an absent key",
      [send, { ...send, Effect: "Deny", Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } } }],
      false,
    ],
    [
      "allows by a negated operator on an absent key",
      [{ ...send, Condition: { StringNotEquals: { "aws:SourceVpc": "vpc-1" } } }],
      true,
    ],
    [
      "denies by a numeric operator",
      [send, { ...send, Effect: "Deny", Condition: { NumericLessThanIfExists: { "s3:TlsVersion": "1.2" } } }],
      false,
    ],
    [
      "denies by NotPrincipal that names another service",
      [send, { ...send, Effect: "Deny", Principal: undefined, NotPrincipal: { Service: "s3.amazonaws.com" } }],
      false,
    ],
    [
      "does not deny the service that NotPrincipal names",
      [send, { ...send, Effect: "Deny", Principal: undefined, NotPrincipal: SNS }],
      true,
    ],
    [
      "does not reach over the parts of an ARN",
      [{ ...send, Condition: { ArnLike: { "aws:SourceArn": "arn:aws:*:orders" } } }],
      false,
    ],
    ["compares Bool without case", [{ ...send, Condition: { Bool: { "aws:SecureTransport": "True" } } }], true],
    [
      "denies plain HTTP only to plain HTTP",
      [send, { ...send, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
      true,
    ],
    [
      "knows the service by its name in a region",
      [{ ...send, Principal: { Service: "sns.us-east-1.amazonaws.com" } }],
      true,
    ],
    ["refuses another service", [{ ...send, Principal: { Service: "s3.amazonaws.com" } }], false],
    ["refuses an account where a service calls", [{ ...send, Principal: { AWS: "000000000000" } }], false],
  ])("%s", (_name, statements, expected) => {
    expect(grants(...statements)).toBe(expected);
  });

  test("grants nothing without a policy, or by a text that is not a policy", () => {
    expect(["", "{}", "nonsense", undefined].map((text) => grantsService(text, question))).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});
