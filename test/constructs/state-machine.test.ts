import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { DistributedMap, Pass, QueryLanguage, StateMachineType, Wait, WaitTime } from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Duration, Lazy, type Stack } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { Function, StateMachine, type StateMachineProps } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, releaseOf, templateOf, testStack } from "../helpers/template.ts";

const ASL = { StartAt: "Done", States: { Done: { Type: "Succeed" } } };

function templateWith(props: StateMachineProps) {
  const { stack } = testStack();
  const machine = new StateMachine(stack, "Flow", props);
  return { stack, machine, template: () => templateOf(stack) };
}

const LINES = {
  StartAt: "Lines",
  States: {
    Lines: {
      Type: "Map",
      ItemProcessor: { ProcessorConfig: { Mode: "DISTRIBUTED", ExecutionType: "EXPRESS" }, ...ASL },
      End: true,
    },
  },
};

const task = (Resource: string) => ({ StartAt: "A", States: { A: { Type: "Task", Resource, End: true } } });

describe("a state machine", () => {
  test("looks as it always did", () => {
    expect(normalised(templateWith({ asl: ASL }).template())).toMatchSnapshot();
  });

  test("is a member of the release, whose alias stays on the pinned version", () => {
    const template = templateWith({ asl: ASL }).template();
    const [member] = releaseOf(template).members;
    expect(member).toMatchObject({
      kind: "state-machine",
      path: "Test/Flow",
      aliasName: "live",
      shift: "policy",
      calls: [],
    });
    const alias = onlyResource(template, "AWS::StepFunctions::StateMachineAlias");
    expect(alias.id).toBe(member!.alias);
    const version = { "Fn::If": [expect.any(String), { Ref: member!.parameter }, { Ref: member!.version }] };
    expect(alias.properties["RoutingConfiguration"]).toEqual([{ StateMachineVersionArn: version, Weight: 100 }]);
    template.hasResource("AWS::StepFunctions::StateMachineVersion", {
      DeletionPolicy: "RetainExceptOnCreate",
      UpdateReplacePolicy: "Retain",
    });
  });

  test("gets a new version when its definition changes, and none when only a function's code does", () => {
    const versionOf = (asl: object) => releaseOf(templateWith({ asl }).template()).members[0]!.version;
    expect(versionOf(ASL)).toBe(versionOf({ ...ASL }));
    expect(versionOf(ASL)).not.toBe(versionOf({ ...ASL, Comment: "changed" }));
  });

  test("means its alias wherever one is taken, and itself where executions are looked at", () => {
    const { stack, machine, template } = templateWith({ asl: ASL });
    new Rule(stack, "Nightly", { schedule: Schedule.rate(Duration.days(1)), targets: [new SfnStateMachine(machine)] });
    const reader = new Role(stack, "Reader", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    machine.grantStartExecution(reader);
    machine.grantRead(reader);
    const written = template();
    const alias = onlyResource(written, "AWS::StepFunctions::StateMachineAlias").id;
    written.hasResourceProperties("AWS::Events::Rule", { Targets: [Match.objectLike({ Arn: { Ref: alias } })] });
    written.hasResourceProperties("AWS::IAM::Policy", {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({ Action: "states:StartExecution", Resource: { Ref: alias } })]),
      },
    });
    const machineId = onlyResource(written, "AWS::StepFunctions::StateMachine").id;
    const policies = JSON.stringify(written.findResources("AWS::IAM::Policy"));
    expect(policies).toContain(
      `["states:ListExecutions","states:ListStateMachines"],"Effect":"Allow","Resource":{"Ref":"${machineId}"}`,
    );
  });

  test("calls functions by their aliases, and shifts after them", () => {
    const { stack } = testStack();
    const work = new Function(stack, "Work", { entry: HELLO });
    const definition = new LambdaInvoke(stack, "Call", { lambdaFunction: work });
    new StateMachine(stack, "Flow", { definition });
    const template = templateOf(stack);
    const { members } = releaseOf(template);
    expect(members.find(({ kind }) => kind === "state-machine")!.calls).toEqual(["Test/Work"]);
    const { alias } = members.find(({ kind }) => kind === "function")!;
    const { properties } = onlyResource(template, "AWS::StepFunctions::StateMachine");
    expect(JSON.stringify(properties["DefinitionString"])).toContain(`{"Ref":"${alias}"}`);
  });

  test("is read from a file, with substitutions", () => {
    const folder = mkdtempSync(join(tmpdir(), "tidegate-asl-"));
    const file = join(folder, "flow.asl.json");
    const asl = { StartAt: "A", States: { A: { Type: "Task", Resource: "${Book}", Comment: "${Table}", End: true } } };
    writeFileSync(file, JSON.stringify(asl));
    const substitutions = { Table: "orders", Book: Lazy.string({ produce: () => "arn:aws:lambda:::function:book" }) };
    const { template } = templateWith({ file, substitutions });
    template().hasResourceProperties("AWS::StepFunctions::StateMachine", {
      DefinitionString: JSON.stringify(asl),
      DefinitionSubstitutions: { Table: "orders", Book: "arn:aws:lambda:::function:book" },
    });
    rmSync(folder, { recursive: true });
  });

  test.each<[string, (stack: Stack) => StateMachineProps]>([
    ["text", () => ({ asl: LINES })],
    ["code", (stack) => ({ definition: new DistributedMap(stack, "Lines").itemProcessor(new Pass(stack, "Line")) })],
  ])("may start and follow the executions of its Maps, which are its own: in %s", (_how, propsOf) => {
    const { stack } = testStack();
    new StateMachine(stack, "Flow", propsOf(stack));
    const template = templateOf(stack);
    const machine = onlyResource(template, "AWS::StepFunctions::StateMachine").id;
    const statements = Object.values(template.findResources("AWS::IAM::Policy"))
      .flatMap(({ Properties }) => (Properties as { PolicyDocument: { Statement: object[] } }).PolicyDocument.Statement)
      .filter((statement) => JSON.stringify(statement).includes('"states:'));
    expect(statements).toMatchObject([
      { Action: "states:StartExecution", Resource: { Ref: machine } },
      { Action: ["states:DescribeExecution", "states:StopExecution"] },
      { Action: "states:RedriveExecution" },
    ]);
    const [, executions, redriven] = statements.map((statement) => JSON.stringify(statement));
    expect(executions).toMatch(/:execution:.*":\*"/);
    expect(redriven).toMatch(/:execution:.*"\/\*:\*"/);
    // What starts the state machine waits for its role alone: the policy refers to the state machine.
    const [found] = Object.values(template.findResources("AWS::StepFunctions::StateMachine"));
    expect(JSON.stringify(found!["DependsOn"])).not.toMatch(/MapRuns|DistributedMapPolicy/);
  });

  test("is express, in JSONata, and writes all its events", () => {
    const { stack } = testStack();
    const definition = new Wait(stack, "Wait", { time: WaitTime.duration(Duration.seconds(1)) }).next(
      new Pass(stack, "Done"),
    );
    new StateMachine(stack, "Flow", {
      definition,
      type: StateMachineType.EXPRESS,
      queryLanguage: QueryLanguage.JSONATA,
    });
    templateOf(stack).hasResourceProperties("AWS::StepFunctions::StateMachine", {
      StateMachineType: "EXPRESS",
      LoggingConfiguration: { Level: "ALL", IncludeExecutionData: true },
    });
  });
});

describe("a state machine fails when", () => {
  test.each<[string, StateMachineProps, RegExp]>([
    ["there is no definition", {}, /give exactly one of definition, asl and file; 0 were given/],
    ["there are two", { asl: ASL, file: "x.json" }, /exactly one of definition, asl and file; 2 were given/],
    [
      "a state leads nowhere",
      { asl: { StartAt: "A", States: { A: { Type: "Pass", Next: "B" } } } },
      /asl: Missing 'Next' target: B \(at \/States\/A\/Next\)/,
    ],
    [
      "a state is never reached",
      { asl: { StartAt: "A", States: { A: { Type: "Succeed" }, B: { Type: "Succeed" } } } },
      /State "B" is not reachable\. \(at \/States\/B\)/,
    ],
    ["the file is not there", { file: "none.asl.json" }, /file: 'none\.asl\.json' cannot be read/],
    [
      "a placeholder stands for nothing",
      { asl: task("${Bok}") },
      /The resource provided is not a valid ARN \(at \/States\/A/,
    ],
    [
      "an integration has no such pattern",
      { asl: task("arn:aws:states:::dynamodb:updateItem.waitForTaskToken") },
      /dynamodb:updateItem\.waitForTaskToken is not recognized/,
    ],
    [
      "an express one waits for a token",
      {
        type: StateMachineType.EXPRESS,
        asl: task("arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
      },
      /does not support '\.waitForTaskToken'/,
    ],
  ])("%s", (_what, props, words) => {
    expect(() => templateWith(props).template()).toThrow(words);
    expect(() => templateWith(props).template()).toThrow(/Test\/Flow/);
  });
});
