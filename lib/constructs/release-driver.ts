import { Duration, Stack } from "aws-cdk-lib";
import { Effect, Policy, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { type CfnFunction, type Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import { type CfnStateMachine, DefinitionBody, StateMachine, StateMachineType } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { fileURLToPath } from "node:url";
import { TURNS_OF_AN_EXECUTION } from "../assembly/driver-order.ts";
import { BundledCode } from "./bundled-code.ts";
import { completeBundlingOptions } from "./bundling-options.ts";
import { driverStatements } from "./driver-statements.ts";
import { type PropNames, refuseUnknownProps } from "./known-props.ts";
import { makeLambdaFunction } from "./lambda-function.ts";
import { addProblems } from "./problems.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";

/** Properties of the driver in the account. */
export interface ReleaseDriverProps {
  /**
   * How long the function's log is kept.
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}

const NAMES: PropNames<ReleaseDriverProps> = { logRetention: true };

/** Hooks run within a turn and take up to fifteen minutes. */
const MAX_TURN = Duration.minutes(15);

/**
 * A driver for releases that lives in the account: with it, `tidegate deploy --detach` leaves the release to a state
 * machine that takes turns with a small function and waits in between, so that a release outlives the laptop and a
 * build does not pay for waiting. Put one into any stack of the app. It may move the app's aliases, set the pins of its
 * stacks, call its hooks, and read metrics; `docs/releases.md` lists what it may and why.
 */
export class ReleaseDriver extends Construct {
  /** The function that takes the turns. It is not a member of the release. */
  readonly lambda: LambdaFunction;
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, props: ReleaseDriverProps = {}) {
    super(scope, id);
    refuseUnknownProps(this, props, Object.keys(NAMES));
    this.lambda = makeLambdaFunction(this, "Function", {
      description: "Drives releases of this app: one turn for each call",
      code: this.#code(),
      memorySize: 256,
      timeout: MAX_TURN,
      ...(props.logRetention !== undefined && { logRetention: props.logRetention }),
    });
    this.stateMachine = new StateMachine(this, "Machine", {
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(Stack.of(this).toJsonString(definition(this.lambda.functionArn))),
      comment: "Waits between the turns of a release's driver",
    });
    this.lambda.grantInvoke(this.stateMachine);
    this.#allowGoingOn();
    for (const statement of driverStatements(this, assetBucketOf(this.lambda))) this.lambda.addToRolePolicy(statement);
    const resource = this.stateMachine.node.defaultChild as CfnStateMachine;
    if (!ReleaseRegistry.of(this).trySetDriver(() => ({ resource: logicalIdOf(resource) }))) {
      addProblems(this, ["this stack has a ReleaseDriver already: an app needs one. Remove one of them."]);
    }
  }

  #code(): BundledCode {
    const file = import.meta.url.endsWith(".ts") ? "../driver/driver.ts" : "../driver/driver.js";
    const projectFolder = process.cwd();
    return new BundledCode(this, {
      entry: fileURLToPath(new URL(file, import.meta.url)),
      exportName: "handler",
      options: completeBundlingOptions({ sourceMap: false }, Runtime.NODEJS_24_X, projectFolder),
      projectFolder,
      isOurs: true,
    });
  }

  /** By itself: the state machine must not wait for a policy that names it. */
  #allowGoingOn(): void {
    const { stateMachineArn: arn } = this.stateMachine;
    const statement = new PolicyStatement({
      effect: Effect.ALLOW,
      actions: ["states:StartExecution"],
      resources: [arn],
    });
    new Policy(this, "GoOn", { statements: [statement], roles: [this.stateMachine.role] });
  }
}

/** The bucket that the function's package is in, and so the templates of the app. */
function assetBucketOf(lambda: LambdaFunction): string {
  const { code } = lambda.node.defaultChild as CfnFunction;
  return (code as CfnFunction.CodeProperty).s3Bucket ?? "";
}

/** Turn, wait, turn, …; an execution whose history fills up starts the next one and ends. */
function definition(functionArn: string): object {
  return {
    StartAt: "Turn",
    States: {
      Turn: {
        Type: "Task",
        Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { FunctionName: functionArn, "Payload.$": "$" },
        OutputPath: "$.Payload",
        Retry: [
          { ErrorEquals: ["States.ALL"], IntervalSeconds: 5, BackoffRate: 1.5, MaxDelaySeconds: 60, MaxAttempts: 60 },
        ],
        Next: "Look",
      },
      Look: {
        Type: "Choice",
        Choices: [
          { Variable: "$.done", BooleanEquals: true, Next: "Over" },
          { Variable: "$.turns", NumericGreaterThanEquals: TURNS_OF_AN_EXECUTION, Next: "GoOn" },
        ],
        Default: "Wait",
      },
      Wait: { Type: "Wait", SecondsPath: "$.waitSeconds", Next: "Turn" },
      GoOn: {
        Type: "Task",
        Resource: "arn:aws:states:::states:startExecution",
        Parameters: {
          "StateMachineArn.$": "$$.StateMachine.Id",
          Input: {
            "app.$": "$.app",
            "stage.$": "$.stage",
            "release.$": "$.release",
            "holder.$": "$.holder",
            "bucket.$": "$.bucket",
            "stacks.$": "$.stacks",
            turns: 0,
          },
        },
        End: true,
      },
      Over: { Type: "Succeed" },
    },
  };
}
