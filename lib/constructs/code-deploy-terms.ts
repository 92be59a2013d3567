import type { IAlarm } from "aws-cdk-lib/aws-cloudwatch";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";
import type { HookPhase, ReleaseMember } from "../assembly/release-metadata.ts";

/** A hook, as far as CodeDeploy needs it. */
export interface CodeDeployHook {
  readonly lambda: LambdaFunction;
}

/** The alarms that CodeDeploy watches and the hooks that it calls while it moves an alias. */
export interface CodeDeployTerms {
  readonly alarms: readonly IAlarm[];
  readonly hooks: Partial<Readonly<Record<HookPhase, CodeDeployHook>>>;
}

/** A function whose alias CodeDeploy can move. */
export interface CodeDeployMember {
  readonly scope: IConstruct;
  readonly lambda: LambdaFunction;
  readonly aliasName: string;
  readonly shift: ReleaseMember["shift"];
}
