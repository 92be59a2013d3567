import { App, Stack } from "aws-cdk-lib";
import { Match, Template } from "aws-cdk-lib/assertions";
import { Topic } from "aws-cdk-lib/aws-sns";
import { describe, expect, test } from "vitest";
import { Function, HookFunction, ReleaseDriver, Rollout } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, releaseOf, templateOf, testStack } from "../helpers/template.ts";

type Statement = { readonly Action: string | string[]; readonly Resource: unknown };

/** The statements of the function's own policy, by their first action. */
function statements(template: Template): Map<string, Statement> {
  const policies = Object.values(template.findResources("AWS::IAM::Policy")) as {
    Properties: { PolicyDocument: { Statement: Statement[] } };
  }[];
  const all = policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
  return new Map(all.map((statement) => [[statement.Action].flat()[0]!, statement]));
}

describe("a ReleaseDriver", () => {
  test("is a state machine and a small function, named in the release's metadata and no member of it", () => {
    const { stack } = testStack();
    new Function(stack, "Shop", { entry: HELLO });
    new ReleaseDriver(stack, "Driver");
    const template = templateOf(stack);
    const { id } = onlyResource(template, "AWS::StepFunctions::StateMachine");
    const release = releaseOf(template);
    expect(release.driver).toEqual({ resource: id });
    expect(release.members.map(({ path }) => path)).toEqual(["Test/Shop"]);
    expect(normalised(template)).toMatchSnapshot();
  });

  test("may move the aliases of its own stack by their names, and of the others by their stack's", () => {
    const app = new App();
    const [one, two] = [new Stack(app, "One"), new Stack(app, "Two")];
    new Function(one, "Own", { entry: HELLO });
    new Function(two, "Other", { entry: HELLO });
    new ReleaseDriver(one, "Driver");
    const template = Template.fromStack(one);
    const [own] = Object.keys(
      template.findResources("AWS::Lambda::Function", Match.objectLike({ DependsOn: Match.anyValue() })),
    );
    expect(own).toBeDefined();
    const move = statements(template).get("lambda:DeleteFunction")!;
    expect(move.Action).toContain("lambda:UpdateAlias");
    const resources = JSON.stringify(move.Resource);
    expect(resources).toContain('"Fn::GetAtt":["Own');
    expect(resources).toContain(":function:Two*");
    expect(resources).not.toContain(":function:*");
    expect(JSON.stringify(statements(template).get("cloudformation:CreateChangeSet")!.Resource)).toMatch(
      /stack\/One\/\*.*stack\/Two\/\*/,
    );
  });

  test("may write the journal, call hooks and tell subscribers, and nothing else of theirs", () => {
    const { stack } = testStack();
    new Function(stack, "Shop", { entry: HELLO });
    const preTraffic = new HookFunction(stack, "Smoke", { entry: HELLO });
    new Rollout(stack, "Rollout", { hooks: { preTraffic }, notifications: [new Topic(stack, "News")] });
    new ReleaseDriver(stack, "Driver");
    const allowed = statements(templateOf(stack));
    expect(JSON.stringify(allowed.get("s3:GetObject")!.Resource)).toContain("/tidegate/releases/tidegate/*");
    expect(JSON.stringify(allowed.get("sns:Publish")!.Resource)).toContain("News");
    expect(JSON.stringify(allowed.get("lambda:InvokeFunction")!.Resource)).toMatch(/Smoke|Shop|Driver/);
    const anything = [...allowed.values()].filter(({ Resource }) => Resource === "*").flatMap(({ Action }) => Action);
    expect(anything.sort()).toEqual(["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"]);
  });

  test("fails when the stack has one already", () => {
    const { stack } = testStack();
    new Function(stack, "Shop", { entry: HELLO });
    new ReleaseDriver(stack, "Driver");
    new ReleaseDriver(stack, "Second");
    expect(() => templateOf(stack)).toThrow(/this stack has a ReleaseDriver already/);
  });
});
