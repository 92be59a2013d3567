import { describe, expect, it } from "vitest";
import type { Template } from "../../../lib/assembly/assembly.ts";
import { contractTemplate } from "../../../lib/deploy/expand/contract-template.ts";
import { expandTemplate } from "../../../lib/deploy/expand/expand-template.ts";
import { expansionOf } from "../../../lib/deploy/expand/expansion.ts";
import { liveDependencies, openGrantsOf } from "../../../lib/deploy/expand/live-dependencies.ts";

const statement = (Action: string, Resource: unknown, Effect = "Allow") => ({ Effect, Action, Resource });
const queueArn = { "Fn::GetAtt": ["Queue", "Arn"] };

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

function shop(
  more: Template["Resources"] = {},
  statements: object[] = [statement("logs:PutLogEvents", "*")],
): Template {
  return {
    Metadata: { "Tidegate::Release": release },
    Parameters: { LiveVersionFn: { Type: "String", Default: "" } },
    Resources: {
      Fn: { Type: "AWS::Lambda::Function", Properties: { Role: { "Fn::GetAtt": ["Role", "Arn"] } } },
      Role: {
        Type: "AWS::IAM::Role",
        Properties: { Policies: [{ PolicyName: "Run", PolicyDocument: { Statement: statements } }] },
      },
      FnVersion1: { Type: "AWS::Lambda::Version", Properties: { FunctionName: { Ref: "Fn" } } },
      FnAlias: { Type: "AWS::Lambda::Alias", Properties: { FunctionName: { Ref: "Fn" } } },
      ...more,
    },
  };
}

function stage(deployed: Template, desired: Template): Template {
  const dependencies = liveDependencies(deployed, openGrantsOf(deployed));
  return expandTemplate({ deployed, desired, dependencies, replacements: [], physicalIds: new Map() }).template;
}

const held = (template: Template) =>
  Object.fromEntries(Object.entries(expansionOf(template)?.held ?? {}).map(([id, { why }]) => [id, why]));

const QUEUE = { Queue: { Type: "AWS::SQS::Queue", Properties: { DelaySeconds: 3 } } };

describe("the template of a stage", () => {
  it("is the synthesized one where nothing is dropped", () => {
    const desired = shop(QUEUE);
    expect(stage(shop(), desired)).toBe(desired);
  });

  it("keeps a dropped resource, as it is deployed, that the role of a live version may use", () => {
    const deployed = shop(QUEUE, [statement("sqs:SendMessage", queueArn)]);
    const staged = stage(deployed, shop());
    // The mark makes an update of a stage that holds back and does nothing else.
    expect(staged.Resources?.["Queue"]).toEqual({ ...QUEUE.Queue, Metadata: { "Tidegate::Held": true } });
    expect(held(staged)).toEqual({ Queue: "the role of Shop/Fn may use it" });
  });

  it("keeps a dropped resource behind a name that the role allows", () => {
    const deployed = shop(QUEUE, [statement("sqs:SendMessage", "arn:aws:sqs:*:*:orders-*")]);
    expect(held(stage(deployed, shop()))).toEqual({ Queue: "the role of Shop/Fn may use it by its name" });
  });

  it("keeps what leads to a live version, and what that needs", () => {
    const deployed = shop({
      ...QUEUE,
      Mapping: {
        Type: "AWS::Lambda::EventSourceMapping",
        Properties: { FunctionName: { Ref: "FnAlias" }, EventSourceArn: queueArn },
      },
    });
    expect(held(stage(deployed, shop()))).toEqual({ Mapping: "it leads to Shop/Fn", Queue: "it leads to Shop/Fn" });
  });

  it("removes resources that no live version can depend on", () => {
    const deployed = shop(QUEUE);
    const desired = shop();
    expect(stage(deployed, desired)).toBe(desired);
  });

  it("lets versions go: CloudFormation retains them", () => {
    const { FnVersion1: _gone, ...resources } = shop().Resources ?? {};
    const desired = { ...shop(), Resources: { ...resources, FnVersion2: { Type: "AWS::Lambda::Version" } } };
    expect(stage(shop(), desired)).toBe(desired);
  });

  it("keeps a dropped grant beside the new ones, and a Deny only where both have it", () => {
    const [old, both, fresh] = [statement("a:b", "x"), statement("c:d", "y", "Deny"), statement("e:f", "z")];
    const newDeny = statement("g:h", "z", "Deny");
    const staged = stage(shop({}, [old, both]), shop({}, [fresh, both, newDeny]));
    const { Policies } = staged.Resources?.["Role"]?.Properties ?? {};
    expect(Policies).toEqual([{ PolicyName: "Run", PolicyDocument: { Statement: [fresh, both, old] } }]);
  });

  it("keeps a whole policy that is dropped, and gives a Sid that is used twice a name of its own", () => {
    const policy = (Sid: string, Resource: string) => ({
      Type: "AWS::SQS::QueuePolicy",
      Properties: { PolicyDocument: { Statement: [{ Sid, ...statement("sqs:SendMessage", Resource) }] } },
    });
    const staged = stage(shop({ Policy: policy("0", "a") }), shop({ Policy: policy("0", "b") }));
    const document = staged.Resources?.["Policy"]?.Properties?.["PolicyDocument"];
    expect(document).toEqual({
      Statement: [
        { Sid: "0", ...statement("sqs:SendMessage", "b") },
        { Sid: "0Held", ...statement("sqs:SendMessage", "a") },
      ],
    });
    const attached = { Type: "AWS::IAM::Policy", Properties: { Roles: [{ Ref: "Role" }], PolicyName: "P" } };
    expect(held(stage(shop({ Attached: attached }), shop()))).toEqual({ Attached: "the role of Shop/Fn may use it" });
  });

  it("brings the parameters, conditions and mappings that the held resources need", () => {
    const deployed: Template = {
      ...shop(
        {
          Queue: {
            Type: "AWS::SQS::Queue",
            Condition: "IsBig",
            Properties: { QueueName: { Ref: "Name" }, DelaySeconds: { "Fn::FindInMap": ["Delays", "a", "b"] } },
          },
        },
        [statement("sqs:SendMessage", queueArn)],
      ),
      Mappings: { Delays: { a: { b: 1 } }, Unused: {} },
      Conditions: {
        IsBig: { "Fn::Not": [{ Condition: "IsSmall" }] },
        IsSmall: { "Fn::Equals": [{ Ref: "Size" }, "s"] },
      },
    };
    const Parameters = {
      ...deployed.Parameters,
      Name: { Type: "String" },
      Size: { Type: "String" },
      Unused: { Type: "String" },
    };
    const staged = stage({ ...deployed, Parameters }, shop());
    expect(expansionOf(staged)?.sections).toEqual({
      Parameters: ["Name", "Size"],
      Conditions: expect.arrayContaining(["IsBig", "IsSmall"]) as unknown,
      Mappings: ["Delays"],
      Outputs: [],
    });
    expect(staged.Mappings).toEqual({ Delays: { a: { b: 1 } } });
  });

  it("keeps an export that another stack may import, and what it names", () => {
    const exported = { Value: { Ref: "Queue" }, Export: { Name: "shop-queue" } };
    const deployed = { ...shop(QUEUE), Outputs: { Queue: exported, Plain: { Value: "x" } } };
    const staged = stage(deployed, shop());
    expect(staged.Outputs).toEqual({ Queue: exported, TidegateHeld: expect.anything() as unknown });
    expect(held(staged)).toEqual({ Queue: "another stack may import it" });
  });

  it("is the same when it is expanded again, and contracts to the synthesized template", () => {
    const deployed = shop(QUEUE, [statement("sqs:SendMessage", queueArn)]);
    const desired = shop({}, [statement("e:f", "z")]);
    const staged = stage(deployed, desired);
    expect(stage(staged, desired)).toEqual(staged);
    expect(contractTemplate(staged)).toEqual(desired);
    expect(contractTemplate(desired)).toBe(desired);
    const later = shop({ Topic: { Type: "AWS::SNS::Topic" } });
    expect(held(stage(staged, later))).toEqual(held(staged));
    expect(contractTemplate(stage(staged, later))).toEqual(later);
  });
});
