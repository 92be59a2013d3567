import { expect, test } from "vitest";
import type { Template, TemplateResource } from "../../../lib/assembly/assembly.ts";
import { breakCycles } from "../../../lib/deploy/expand/break-cycles.ts";
import { contractTemplate } from "../../../lib/deploy/expand/contract-template.ts";
import { expandTemplate } from "../../../lib/deploy/expand/expand-template.ts";
import { expansionOf } from "../../../lib/deploy/expand/expansion.ts";
import { liveDependencies, openGrantsOf } from "../../../lib/deploy/expand/live-dependencies.ts";
import { buildGraph } from "../../../lib/template/graph.ts";
import { readTemplate } from "../../../lib/template/template.ts";

/** A stage adds references of the deployed template to the new one. Together they must not be circular. */

const BUCKET_NAME = "shop-inbox";
const PHYSICAL_IDS = new Map([
  ["Bucket", BUCKET_NAME],
  ["Fn", "shop-fn"],
  ["FnAlias", "arn:aws:lambda:us-east-1:111122223333:function:shop-fn:live"],
  ["Mapping", "b0a1"],
  ["Policy", "shop-policy"],
  ["Queue", "https://sqs.us-east-1.amazonaws.com/111122223333/shop-queue"],
]);

const release = {
  format: 1 as const,
  app: "a",
  policy: { name: "AllAtOnce", steps: [], finalBakeMs: 0 },
  members: [
    {
      kind: "function" as const,
      path: "Shop/Fn",
      resource: "Fn",
      version: "FnVersion1",
      alias: "FnAlias",
      aliasName: "live",
      parameter: "LiveVersionFn",
      calls: [],
      shift: "policy" as const,
    },
  ],
  hooks: [],
  alarms: [],
  keepVersions: 5,
};

const bucketArn = { "Fn::GetAtt": ["Bucket", "Arn"] };
const writtenArn = { "Fn::Sub": `arn:\${AWS::Partition}:s3:::${BUCKET_NAME}` };
const spelledArn = { "Fn::Join": ["", ["arn:", { Ref: "AWS::Partition" }, `:s3:::${BUCKET_NAME}`]] };
const allow = (Resource: unknown) => ({ Effect: "Allow", Action: "s3:GetObject*", Resource });

/** A function that may read `bucket`. It waits for its policy, as functions of aws-cdk-lib do. */
function shop(bucket: unknown, more: Record<string, TemplateResource> = {}): Template {
  return {
    Metadata: { "Tidegate::Release": release },
    Parameters: { LiveVersionFn: { Type: "String", Default: "" } },
    Resources: {
      Role: { Type: "AWS::IAM::Role", Properties: {} },
      Policy: {
        Type: "AWS::IAM::Policy",
        Properties: { Roles: [{ Ref: "Role" }], PolicyDocument: { Statement: [allow(bucket)] } },
      },
      Fn: {
        Type: "AWS::Lambda::Function",
        DependsOn: ["Policy"],
        Properties: { Role: { "Fn::GetAtt": ["Role", "Arn"] } },
      },
      FnAlias: { Type: "AWS::Lambda::Alias", Properties: { FunctionName: { Ref: "Fn" } } },
      ...more,
    },
  };
}

const quietBucket = { Bucket: { Type: "AWS::S3::Bucket" } };
/** A bucket with a notification: S3 tests the target first, so the bucket waits for the permission. */
const notifyingBucket = {
  Bucket: { Type: "AWS::S3::Bucket", DependsOn: ["Permission"] },
  Permission: { Type: "AWS::Lambda::Permission", Properties: { FunctionName: { Ref: "FnAlias" } } },
};

function stage(deployed: Template, desired: Template, physicalIds: ReadonlyMap<string, string> = PHYSICAL_IDS) {
  const dependencies = liveDependencies(deployed, openGrantsOf(deployed));
  return expandTemplate({ deployed, desired, dependencies, replacements: [], physicalIds });
}

/** Throws in AWS's words where a template is circular. */
function refuseCircular(template: Template): void {
  buildGraph(readTemplate(JSON.stringify(template)).resources, () => true);
}

const statementsOf = ({ Resources }: Template) => Resources?.["Policy"]?.Properties?.["PolicyDocument"];

test("a kept grant names the bucket by its value where the bucket now waits for the function", () => {
  const desired = shop(spelledArn, notifyingBucket);
  const { template, problems } = stage(shop(bucketArn, quietBucket), desired);
  expect(problems).toEqual([]);
  expect(() => refuseCircular(template)).not.toThrow();
  expect(statementsOf(template)).toEqual({ Statement: [allow(spelledArn), allow(writtenArn)] });
  expect(expansionOf(template)?.writtenOut).toEqual({ Policy: ["Bucket"] });
  expect(contractTemplate(template)).toEqual(desired);
  expect(stage(template, desired).template).toEqual(template);
});

test("a kept grant keeps its reference where it closes no cycle", () => {
  const { template } = stage(shop(bucketArn, quietBucket), shop(spelledArn, quietBucket));
  expect(statementsOf(template)).toEqual({ Statement: [allow(spelledArn), allow(bucketArn)] });
  expect(expansionOf(template)).not.toHaveProperty("writtenOut");
});

test("a target that was written out is held by later stages as if it were still referred to", () => {
  const { template } = stage(shop(bucketArn, quietBucket), shop(spelledArn, notifyingBucket));
  const later = stage(template, shop("arn:aws:s3:::elsewhere")).template;
  expect(later.Resources).toHaveProperty("Bucket");
  expect(expansionOf(later)?.held["Bucket"]?.why).toBe("the role of Shop/Fn may use it");
  expect(expansionOf(later)?.writtenOut).toEqual({ Policy: ["Bucket"] });
  expect(() => refuseCircular(later)).not.toThrow();
});

/** The policy's kept statement refers to a held mapping, that to the bucket, and the bucket now waits for the policy. */
const threefold = {
  desired: { Bucket: { Type: "AWS::S3::Bucket", DependsOn: "Policy" }, Policy: { Type: "AWS::IAM::Policy" } },
  added: {
    Policy: { Type: "AWS::IAM::Policy", Properties: { Statement: [allow({ Ref: "Mapping" })] } },
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      DependsOn: ["Bucket", "Queue"],
      Properties: { Name: { "Fn::Sub": "${Bucket}/${Queue}" } },
    },
    Queue: { Type: "AWS::SQS::Queue" },
  },
  physicalIds: PHYSICAL_IDS,
};

test("a reference to a synthesized resource is written out before one that orders deletions", () => {
  const { added, writtenOut, problems } = breakCycles(threefold);
  expect(problems).toEqual([]);
  expect(writtenOut).toEqual({ Mapping: ["Bucket"] });
  expect(added).toEqual({
    ...threefold.added,
    Mapping: {
      Type: "AWS::Lambda::EventSourceMapping",
      DependsOn: ["Queue"],
      Properties: { Name: { "Fn::Sub": ["${Held0}/${Queue}", { Held0: BUCKET_NAME }] } },
    },
  });
});

test("another reference of the cycle is written out where the value of the first is not known", () => {
  const { added, writtenOut, problems } = breakCycles({ ...threefold, physicalIds: new Map([["Mapping", "b0a1"]]) });
  expect(problems).toEqual([]);
  expect(writtenOut).toEqual({ Policy: ["Mapping"] });
  expect(added).toEqual({
    ...threefold.added,
    Policy: { Type: "AWS::IAM::Policy", Properties: { Statement: [allow("b0a1")] } },
  });
});

test("a cycle of which no value is known is a problem that names the reference", () => {
  const deployed = shop({ "Fn::GetAtt": ["Bucket", "DomainName"] }, quietBucket);
  const { problems } = stage(deployed, shop(spelledArn, notifyingBucket));
  expect(problems).toEqual([
    "Policy has to keep its reference to Bucket.DomainName until the promotion, and in the new template that depends on Policy: CloudFormation would refuse the circular dependency",
  ]);
});
