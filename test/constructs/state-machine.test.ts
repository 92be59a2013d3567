import { writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Match } from "aws-cdk-lib/assertions";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Rule, Schedule } from "aws-cdk-lib/aws-events";
import { SfnStateMachine } from "aws-cdk-lib/aws-events-targets";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import {
  DefinitionBody,
  DistributedMap,
  LogLevel,
  Pass,
  QueryLanguage,
  StateMachineType,
  Wait,
  WaitTime,
} from "aws-cdk-lib/aws-stepfunctions";
import { LambdaInvoke } from "aws-cdk-lib/aws-stepfunctions-tasks";
import { Duration, Lazy, type Stack } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import { Function, StateMachine, type StateMachineProps } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, releaseOf, templateOf, testStack } from "../helpers/template.ts";

const asl = (value: object) => ({ definitionBody: DefinitionBody.fromString(JSON.stringify(value)) });

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
  test("renders the same template as before", () => {
    expect(normalised(templateWith(asl(ASL)).template())).toMatchSnapshot();
  });

  test("is a member of the release, whose alias stays on the pinned version", () => {
    const template = templateWith(asl(ASL)).template();
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
    const versionOf = (value: object) => releaseOf(templateWith(asl(value)).template()).members[0]!.version;
    expect(versionOf(ASL)).toBe(versionOf({ ...ASL }));
    expect(versionOf(ASL)).not.toBe(versionOf({ ...ASL, Comment: "changed" }));
  });

  test("means its alias wherever one is accepted, and itself for access to executions", () => {
    const { stack, machine, template } = templateWith(asl(ASL));
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
    const call = new LambdaInvoke(stack, "Call", { lambdaFunction: work });
    new StateMachine(stack, "Flow", { definitionBody: DefinitionBody.fromChainable(call) });
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
    const flow = { StartAt: "A", States: { A: { Type: "Task", Resource: "${Book}", Comment: "${Table}", End: true } } };
    writeFileSync(file, JSON.stringify(flow));
    const substitutions = { Table: "orders", Book: Lazy.string({ produce: () => "arn:aws:lambda:::function:book" }) };
    const { template } = templateWith({
      definitionBody: DefinitionBody.fromFile(file),
      definitionSubstitutions: substitutions,
    });
    template().hasResourceProperties("AWS::StepFunctions::StateMachine", {
      DefinitionString: JSON.stringify(flow),
      DefinitionSubstitutions: { Table: "orders", Book: "arn:aws:lambda:::function:book" },
    });
    rmSync(folder, { recursive: true });
  });

  test.each<[string, (stack: Stack) => StateMachineProps]>([
    ["text", () => asl(LINES)],
    [
      "code",
      (stack) => {
        const lines = new DistributedMap(stack, "Lines").itemProcessor(new Pass(stack, "Line"));
        return { definitionBody: DefinitionBody.fromChainable(lines) };
      },
    ],
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

  test("hands settings on to aws-cdk-lib's state machine, and writes the log that is given", () => {
    const { stack } = testStack();
    const destination = LogGroup.fromLogGroupName(stack, "Flows", "flows");
    new StateMachine(stack, "Flow", {
      ...asl(ASL),
      comment: "orders",
      tracingEnabled: false,
      logs: { destination, level: LogLevel.ALL, includeExecutionData: false },
    });
    const written = templateOf(stack);
    written.resourceCountIs("AWS::Logs::LogGroup", 0);
    written.hasResourceProperties("AWS::StepFunctions::StateMachine", {
      TracingConfiguration: { Enabled: false },
      LoggingConfiguration: {
        Level: "ALL",
        IncludeExecutionData: false,
        Destinations: [{ CloudWatchLogsLogGroup: { LogGroupArn: stack.resolve(destination.logGroupArn) as object } }],
      },
    });
  });

  test("is imported through its alias", () => {
    const { stack } = testStack();
    const byName = StateMachine.fromStateMachineName(stack, "Known", "orders");
    expect(JSON.stringify(stack.resolve(byName.stateMachineArn))).toContain(":stateMachine:orders:live");
  });

  test("is express, in JSONata, and writes all its events", () => {
    const { stack } = testStack();
    const definition = new Wait(stack, "Wait", { time: WaitTime.duration(Duration.seconds(1)) }).next(
      new Pass(stack, "Done"),
    );
    new StateMachine(stack, "Flow", {
      definitionBody: DefinitionBody.fromChainable(definition),
      stateMachineType: StateMachineType.EXPRESS,
      queryLanguage: QueryLanguage.JSONATA,
    });
    templateOf(stack).hasResourceProperties("AWS::StepFunctions::StateMachine", {
      StateMachineType: "EXPRESS",
      LoggingConfiguration: { Level: "ALL", IncludeExecutionData: true },
    });
  });
});

const LOG = { logGroupName: "flows", logGroupArn: "arn:aws:logs:eu-west-1:111122223333:log-group:flows" };

/** Props as JavaScript gives them. */
const untyped = (props: object): never => props as never;

describe("a state machine fails when", () => {
  test.each<[string, StateMachineProps, RegExp]>([
    ["there is no definition", untyped({}), /definitionBody: missing; give DefinitionBody\.fromChainable/],
    ["the text is not JSON", { definitionBody: DefinitionBody.fromString("{") }, /definitionBody: not valid JSON/],
    [
      "a state leads nowhere",
      asl({ StartAt: "A", States: { A: { Type: "Pass", Next: "B" } } }),
      /definitionBody: Missing 'Next' target: B \(at \/States\/A\/Next\)/,
    ],
    [
      "a state is never reached",
      asl({ StartAt: "A", States: { A: { Type: "Succeed" }, B: { Type: "Succeed" } } }),
      /State "B" is not reachable\. \(at \/States\/B\)/,
    ],
    [
      "the file does not exist",
      { definitionBody: DefinitionBody.fromFile("none.asl.json") },
      /definitionBody: 'none\.asl\.json' cannot be read/,
    ],
    ["a placeholder has no value", asl(task("${Bok}")), /The resource provided is not a valid ARN \(at \/States\/A/],
    [
      "an integration has no such pattern",
      asl(task("arn:aws:states:::dynamodb:updateItem.waitForTaskToken")),
      /dynamodb:updateItem\.waitForTaskToken is not recognized/,
    ],
    [
      "an express workflow waits for a token",
      {
        stateMachineType: StateMachineType.EXPRESS,
        ...asl(task("arn:aws:states:::sqs:sendMessage.waitForTaskToken")),
      },
      /does not support '\.waitForTaskToken'/,
    ],
    [
      "a log group that is given has a retention",
      untyped({ ...asl(ASL), logs: { destination: { logGroupRef: LOG } }, logRetention: RetentionDays.ONE_DAY }),
      /logRetention: 'logs\.destination' has its own/,
    ],
  ])("%s", (_what, props, words) => {
    expect(() => templateWith(props).template()).toThrow(words);
    expect(() => templateWith(props).template()).toThrow(/Test\/Flow/);
  });
});
