import { passRole } from "./pass-role.ts";
import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { structuresOf, textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html */
export const findStatesPermissions: FindPermissions = (operation, input, place) => {
  const alias = /(?:StateMachineAlias)$/.test(operation) ? "states:statemachinequalifier" : undefined;
  const name = textOf(input, "name") ?? textOf(input, "stateMachineAliasArn")?.split(":").at(-1);
  return [
    {
      action: `states:${operation}`,
      resource: place.findResource?.(input) ?? resourceOf(operation, input, place),
      facts: { ...tagFacts(input), ...(alias !== undefined && name !== undefined && { [alias]: [name] }) },
    },
    ...passRole(textOf(input, "roleArn"), "states.amazonaws.com"),
  ];
};

function resourceOf(operation: string, input: RequestInput, { account, region }: Place): string {
  const base = `arn:aws:states:${region}:${account}`;
  const name = textOf(input, "name");
  if (operation === "CreateStateMachine") return `${base}:stateMachine:${name}`;
  if (operation === "CreateActivity") return `${base}:activity:${name}`;
  if (operation === "CreateStateMachineAlias") return machineOf(firstVersion(input)) ?? "*";
  const machine = textOf(input, "stateMachineArn", "stateMachineAliasArn", "stateMachineVersionArn");
  if (machine !== undefined) return keepsQualifier(operation) ? machine : (machineOf(machine) ?? machine);
  return textOf(input, "executionArn", "activityArn", "resourceArn", "mapRunArn") ?? "*";
}

/** An execution is started by the ARN that is given: a policy can name an alias. Other actions are about the machine. */
function keepsQualifier(operation: string): boolean {
  return /^Start|^DescribeStateMachine$|^ListExecutions$/.test(operation);
}

function firstVersion(input: RequestInput): string | undefined {
  return textOf(structuresOf(input, "routingConfiguration")[0], "stateMachineVersionArn");
}

function machineOf(arn: string | undefined): string | undefined {
  return arn?.split(":").slice(0, 7).join(":");
}
