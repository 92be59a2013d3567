import { createHash } from "node:crypto";
import { Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, LoggingFormat, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { HookPhase } from "../assembly/release-metadata.ts";
import { functionRole } from "./function-role.ts";
import type { CodeDeployHook } from "./code-deploy-terms.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

/** A hook, its phase, and the member that it decides about. */
export interface CodeDeployHookProps {
  readonly hook: CodeDeployHook;
  readonly phase: HookPhase;
  readonly app: string;
  readonly stage: string;
  readonly member: { readonly path: string; readonly name: string; readonly alias: string; readonly next: string };
}

/**
 * CodeDeploy passes its hooks an id and waits up to an hour for their report. This function is the adapter: it calls
 * the hook as a release would, and reports `Succeeded` for a well-formed pass and `Failed` for anything else.
 * https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
 */
export const CODE_DEPLOY_HOOK_SOURCE = `const { CodeDeployClient, PutLifecycleEventHookExecutionStatusCommand } = require("@aws-sdk/client-codedeploy");
const { InvokeCommand, LambdaClient } = require("@aws-sdk/client-lambda");

exports.handler = async ({ DeploymentId: deploymentId, LifecycleEventHookExecutionId: lifecycleEventHookExecutionId }) => {
  const release = JSON.parse(process.env.RELEASE);
  const idempotencyKey = [deploymentId, release.phase, release.members[0].path].join("/");
  let status = "Failed";
  try {
    const Payload = JSON.stringify({ ...release, release: deploymentId, idempotencyKey });
    const answer = await new LambdaClient({}).send(new InvokeCommand({ FunctionName: process.env.HOOK, Payload }));
    const text = Buffer.from(answer.Payload ?? []).toString();
    console.log(answer.FunctionError ?? "answered", text);
    if (answer.FunctionError === undefined && JSON.parse(text)?.status === "passed") status = "Succeeded";
  } catch (error) {
    console.error(error);
  }
  const report = { deploymentId, lifecycleEventHookExecutionId, status };
  await new CodeDeployClient({}).send(new PutLifecycleEventHookExecutionStatusCommand(report));
};
`;

/** CodeDeploy is called back after the hook's own time is over. */
const REPORTING_SECONDS = 15;
const LONGEST_SECONDS = 900;

/** Makes the function that CodeDeploy calls for a hook of a member. */
export function makeCodeDeployHook(scope: Construct, id: string, props: CodeDeployHookProps): LambdaFunction {
  const { hook, phase, app, stage, member } = props;
  const stack = Stack.of(scope);
  const logGroup = new LogGroup(scope, `${id}Log`, {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: dataRemovalPolicy(scope),
  });
  const release = { app, stage, phase, members: [{ kind: "function", stable: null, ...member }] };
  const adapter = new LambdaFunction(scope, id, {
    functionName: hookName(stack, scope.node.path, phase),
    code: Code.fromInline(CODE_DEPLOY_HOOK_SOURCE),
    handler: "index.handler",
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    role: functionRole(scope, `${id}Role`, { logGroup, tracing: false, inVpc: false }),
    timeout: Duration.seconds(Math.min(LONGEST_SECONDS, hook.lambda.timeout!.toSeconds() + REPORTING_SECONDS)),
    environment: { HOOK: hook.lambda.functionName, RELEASE: stack.toJsonString(release) },
    loggingFormat: LoggingFormat.JSON,
    logGroup,
  });
  hook.lambda.grantInvoke(adapter);
  return adapter;
}

/** The prefix that the policy of CodeDeploy's role lets it call: a policy that named the functions would be a circle. */
function hookName(stack: Stack, path: string, phase: HookPhase): string {
  const readable = path.replaceAll(/[^A-Za-z0-9]+/g, "-").slice(-LONGEST_READABLE);
  const hash = createHash("sha256").update([stack.stackName, path, phase].join("\n")).digest("hex").slice(0, 12);
  return `CodeDeployHook_${readable}-${hash}`;
}

/** A function's name has 64 characters at most. */
const LONGEST_READABLE = 36;

/** Lets a hook's adapter call back to a deployment group. */
export function allowReport(adapter: LambdaFunction, deploymentGroupArn: string): void {
  const actions = ["codedeploy:PutLifecycleEventHookExecutionStatus"];
  adapter.addToRolePolicy(new PolicyStatement({ actions, resources: [deploymentGroupArn] }));
}
