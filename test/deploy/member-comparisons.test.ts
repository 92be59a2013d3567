import { expect, test } from "vitest";
import { type ReleaseMember, VERSION_PLACEHOLDER } from "../../lib/assembly/release-metadata.ts";
import { Aws } from "../../lib/aws/aws.ts";
import { memberComparisons } from "../../lib/deploy/member-comparisons.ts";

const TARGET = {
  stage: "prod",
  account: "123456789012",
  region: "eu-west-1",
  partition: "aws",
  callerArn: "arn:aws:iam::123456789012:user/anna",
  aws: new Aws({ region: "eu-west-1" }),
};

function memberWith(dimensions: Record<string, string>): ReleaseMember {
  const query = { id: "compared", namespace: "Shop", metric: "Failed", stat: "Sum", dimensions };
  return {
    kind: "function",
    path: "Shop/Pay",
    resource: "Pay",
    version: "PayVersion",
    alias: "PayLive",
    aliasName: "live",
    parameter: "LiveVersionPay",
    calls: [],
    shift: "policy",
    comparisons: [{ name: "failures", direction: "lower-is-better", tolerance: 0.1, queries: [query] }],
  };
}

test("dimensions get physical names, and keep the place of the version", () => {
  const member = memberWith({
    FunctionName: "${Pay}",
    Resource: "${Pay}:live",
    where: "${AWS::Region}",
    version: VERSION_PLACEHOLDER,
  });
  const { comparisons } = memberComparisons(member, new Map([["Pay", "shop-pay-1"]]), TARGET);
  expect(comparisons?.[0]?.queries[0]).toMatchObject({
    dimensions: {
      FunctionName: "shop-pay-1",
      Resource: "shop-pay-1:live",
      where: "eu-west-1",
      version: VERSION_PLACEHOLDER,
    },
  });
});

test("a metric of a resource that is not there yet is known after staging", () => {
  const member = memberWith({ table: "${Orders}", version: VERSION_PLACEHOLDER });
  expect(memberComparisons(member, new Map(), TARGET).comparisons).toEqual([]);
  const { comparisons } = memberComparisons(member, new Map([["Orders", "orders-1"]]), TARGET);
  expect(comparisons).toHaveLength(1);
});
