import { describe, expect, test } from "vitest";
import { allowsRoute } from "../../../lib/local/http-api/authorizer-policy.ts";
import { mayInvoke } from "../../../lib/local/http-api/lambda-permission.ts";
import type { Cloud } from "../../../lib/local/service.ts";

const ROUTE = "arn:aws:execute-api:us-east-1:000000000000:api1/prod/GET/orders";

describe("an authorizer's policy", () => {
  const allow = { Effect: "Allow", Action: "execute-api:Invoke", Resource: "*" };
  const decide = (...Statement: object[]) => allowsRoute({ Version: "2012-10-17", Statement }, ROUTE);

  test.each<[string, object[], boolean]>([
    ["allows the route that it names", [{ ...allow, Resource: "arn:aws:execute-api:*:*:api1/*/GET/*" }], true],
    [
      "denies by NotAction",
      [allow, { Effect: "Deny", NotAction: "execute-api:ManageConnections", Resource: "*" }],
      false,
    ],
    ["denies by NotResource", [allow, { Effect: "Deny", Action: "*", NotResource: `${ROUTE}/other` }], false],
    [
      "denies only where its condition holds",
      [allow, { ...allow, Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }],
      true,
    ],
  ])("%s", (_name, statements, expected) => {
    expect(decide(...statements)).toBe(expected);
  });

  test("is a failure of the authorizer where it cannot be read", () => {
    expect(
      [undefined, null, {}, { Statement: [{ Effect: "Perhaps" }] }].map((policy) => allowsRoute(policy, ROUTE)),
    ).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe("a function's policy and API Gateway", () => {
  const FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:orders";
  const allow = {
    Effect: "Allow",
    Principal: { Service: "apigateway.amazonaws.com" },
    Action: "lambda:InvokeFunction",
    Resource: FUNCTION,
  };

  function may(...Statement: object[]): Promise<boolean> {
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    const cloud = { account: "000000000000", call: () => Promise.resolve({ Policy }) } as unknown as Cloud;
    const target = { functionArn: FUNCTION, functionName: "orders", region: "us-east-1", qualifier: undefined };
    return mayInvoke(cloud, target, [ROUTE]);
  }

  test.each<[string, object[], boolean]>([
    [
      "allows the route that its source names",
      [
        {
          ...allow,
          Condition: { ArnLike: { "AWS:SourceArn": "arn:aws:execute-api:us-east-1:000000000000:api1/*/*/orders" } },
        },
      ],
      true,
    ],
    [
      "denies by a condition of any operator",
      [allow, { ...allow, Effect: "Deny", Condition: { StringNotEquals: { "aws:SourceAccount": "111111111111" } } }],
      false,
    ],
    ["denies by Null", [allow, { ...allow, Effect: "Deny", Condition: { Null: { "aws:SourceVpce": "true" } } }], false],
    [
      "denies by NotAction",
      [allow, { ...allow, Effect: "Deny", Action: undefined, NotAction: "lambda:GetFunction" }],
      false,
    ],
    ["is about the function that it names", [{ ...allow, Resource: `${FUNCTION}-other` }], false],
  ])("%s", async (_name, statements, expected) => {
    expect(await may(...statements)).toBe(expected);
  });
});
