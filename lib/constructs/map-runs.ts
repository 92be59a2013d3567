import { ArnFormat, Stack } from "aws-cdk-lib";
import { Grant, type IRole, Policy } from "aws-cdk-lib/aws-iam";
import type { IStateMachine } from "aws-cdk-lib/aws-stepfunctions";
import type { Construct } from "constructs";

/** Whether a definition has a Map whose iterations are executions of their own. */
export function hasDistributedMap(definition: unknown): boolean {
  if (typeof definition !== "object" || definition === null) return false;
  const { ProcessorConfig: config } = definition as { readonly ProcessorConfig?: { readonly Mode?: unknown } };
  return config?.Mode === "DISTRIBUTED" || Object.values(definition).some(hasDistributedMap);
}

/**
 * Lets a state machine start, follow and redrive the executions of its Maps, which are executions of itself. A policy
 * beside the role's own, as the state machine waits for that one. `machine` has no qualifier.
 * https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html
 */
export function allowMapRuns(scope: Construct, machine: IStateMachine, role: IRole): void {
  const policy = new Policy(scope, "MapRuns");
  role.attachInlinePolicy(policy);
  machine.grantStartExecution(policy);
  machine.grantExecution(policy, "states:DescribeExecution", "states:StopExecution");
  const stack = Stack.of(scope);
  const { resourceName } = stack.splitArn(machine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME);
  const executions = stack.formatArn({
    service: "states",
    resource: "execution",
    resourceName: `${resourceName}/*:*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  Grant.addToPrincipal({ grantee: policy, actions: ["states:RedriveExecution"], resourceArns: [executions] });
}
