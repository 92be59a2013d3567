import { Match } from "aws-cdk-lib/assertions";
import { AttributeType, ProjectionType, StreamViewType, TableClass, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { describe, expect, test } from "vitest";
import { Table } from "../../lib/index.ts";
import { normalised, templateOf, testStack } from "../helpers/template.ts";

const PROTECTED = { "tidegate:stage": "prod", tidegate: { stages: { prod: { protected: true } } } };

describe("a table", () => {
  test("renders the same template as before", () => {
    const { stack } = testStack();
    new Table(stack, "Table", { partitionKey: "id" });
    expect(normalised(templateOf(stack))).toMatchSnapshot();
  });

  test("has keys, indexes, expiry and a stream", () => {
    const { stack } = testStack();
    new Table(stack, "Table", {
      partitionKey: "customer",
      sortKey: { name: "placed", type: AttributeType.NUMBER },
      timeToLiveAttribute: "expires",
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      globalSecondaryIndexes: [
        {
          indexName: "byState",
          partitionKey: "state",
          sortKey: "customer",
          projectionType: ProjectionType.KEYS_ONLY,
        },
        {
          indexName: "byCity",
          partitionKey: "city",
          projectionType: ProjectionType.INCLUDE,
          nonKeyAttributes: ["total"],
        },
      ],
      localSecondaryIndexes: [{ indexName: "byTotal", sortKey: { name: "total", type: AttributeType.NUMBER } }],
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
      LocalSecondaryIndexes: [Match.objectLike({ IndexName: "byTotal" })],
      GlobalSecondaryIndexes: [
        Match.objectLike({ IndexName: "byState", Projection: { ProjectionType: "KEYS_ONLY" } }),
        Match.objectLike({
          IndexName: "byCity",
          Projection: { ProjectionType: "INCLUDE", NonKeyAttributes: ["total"] },
        }),
      ],
    });
  });

  test("hands settings on to aws-cdk-lib's table", () => {
    const { stack } = testStack();
    new Table(stack, "Table", {
      partitionKey: "id",
      readCapacity: 3,
      writeCapacity: 2,
      encryption: TableEncryption.AWS_MANAGED,
      tableClass: TableClass.STANDARD_INFREQUENT_ACCESS,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: 7 },
      contributorInsightsSpecification: { enabled: true },
    });
    templateOf(stack).hasResourceProperties("AWS::DynamoDB::Table", {
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 2 },
      SSESpecification: { SSEEnabled: true },
      TableClass: "STANDARD_INFREQUENT_ACCESS",
      PointInTimeRecoverySpecification: { RecoveryPeriodInDays: 7 },
      ContributorInsightsSpecification: { Enabled: true },
    });
  });

  test.each([
    ["is destroyed with a stage that is not protected", { "tidegate:stage": "local" }, "Delete", Match.absent()],
    ["is retained and cannot be deleted in a protected stage", PROTECTED, "Retain", true],
    ["is retained where the stage is not known", {}, "Retain", Match.absent()],
  ])("%s", (_, context, DeletionPolicy, DeletionProtectionEnabled) => {
    const { stack } = testStack(context);
    new Table(stack, "Table", { partitionKey: "id" });
    const template = templateOf(stack);
    template.hasResource("AWS::DynamoDB::Table", { DeletionPolicy });
    template.hasResourceProperties("AWS::DynamoDB::Table", { DeletionProtectionEnabled });
  });
});
