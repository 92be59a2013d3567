import { Match } from "aws-cdk-lib/assertions";
import { AttributeType, StreamViewType } from "aws-cdk-lib/aws-dynamodb";
import { describe, expect, test } from "vitest";
import { Table } from "../../lib/index.ts";
import { normalised, templateOf, testStack } from "../helpers/template.ts";

const PROTECTED = { "tidegate:stage": "prod", tidegate: { stages: { prod: { protected: true } } } };

describe("a table", () => {
  test("looks as it always did", () => {
    const { stack } = testStack();
    new Table(stack, "Table", { partitionKey: "id" });
    expect(normalised(templateOf(stack))).toMatchSnapshot();
  });

  test("has keys, indexes, expiry and a stream", () => {
    const { stack } = testStack();
    new Table(stack, "Table", {
      partitionKey: "customer",
      sortKey: { name: "placed", type: AttributeType.NUMBER },
      timeToLive: "expires",
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      indexes: {
        byState: { partitionKey: "state", sortKey: "customer", projection: "keys-only" },
        byCity: { partitionKey: "city", projection: ["total"] },
      },
    });
    templateOf(stack).hasResourceProperties("AWS::DynamoDB::Table", {
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "customer", KeyType: "HASH" },
        { AttributeName: "placed", KeyType: "RANGE" },
      ],
      TimeToLiveSpecification: { AttributeName: "expires", Enabled: true },
      StreamSpecification: { StreamViewType: "NEW_AND_OLD_IMAGES" },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      GlobalSecondaryIndexes: [
        Match.objectLike({ IndexName: "byState", Projection: { ProjectionType: "KEYS_ONLY" } }),
        Match.objectLike({
          IndexName: "byCity",
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["total"] },
        }),
      ],
    });
  });

  test.each([
    ["is destroyed with a stage that is not protected", { "tidegate:stage": "local" }, "Delete", Match.absent()],
    ["is kept and guarded in a protected stage", PROTECTED, "Retain", true],
    ["is kept where no stage is known", {}, "Retain", Match.absent()],
  ])("%s", (_, context, DeletionPolicy, DeletionProtectionEnabled) => {
    const { stack } = testStack(context);
    new Table(stack, "Table", { partitionKey: "id" });
    const template = templateOf(stack);
    template.hasResource("AWS::DynamoDB::Table", { DeletionPolicy });
    template.hasResourceProperties("AWS::DynamoDB::Table", { DeletionProtectionEnabled });
  });
});
