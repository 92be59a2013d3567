import {
  DescribeStacksCommand,
  GetTemplateCommand,
  ListStackResourcesCommand,
  type CloudFormationClient,
  type Stack,
} from "@aws-sdk/client-cloudformation";
import { hasRemoteCode } from "../aws/remote-error.ts";

/** A stack's state at the endpoint. */
export interface StackState {
  readonly stackName: string;
  readonly stackId: string;
  /** CloudFormation's status, for example `UPDATE_COMPLETE`. */
  readonly status: string;
  readonly statusReason?: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** What SSM-typed parameters came to at the last update, by the name of the parameter. */
  readonly resolved?: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly terminationProtection: boolean;
}

/** Reads a stack; undefined where there is none, or only one that was deleted. */
export async function readStackState(client: CloudFormationClient, stackName: string): Promise<StackState | undefined> {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackName }));
    const stack = Stacks?.[0];
    return stack === undefined || stack.StackStatus === "DELETE_COMPLETE" ? undefined : toState(stack);
  } catch (error) {
    if (isMissingStack(error)) return undefined;
    throw error;
  }
}

function toState(stack: Stack): StackState {
  return {
    stackName: stack.StackName!,
    stackId: stack.StackId!,
    status: stack.StackStatus!,
    statusReason: stack.StackStatusReason,
    parameters: Object.fromEntries((stack.Parameters ?? []).map((p) => [p.ParameterKey!, p.ParameterValue ?? ""])),
    resolved: resolvedValues(stack),
    tags: Object.fromEntries((stack.Tags ?? []).map((tag) => [tag.Key!, tag.Value!])),
    outputs: Object.fromEntries((stack.Outputs ?? []).map((o) => [o.OutputKey!, o.OutputValue ?? ""])),
    terminationProtection: stack.EnableTerminationProtection ?? false,
  };
}

function resolvedValues({ Parameters = [] }: Stack): Record<string, string> {
  return Object.fromEntries(
    Parameters.flatMap(({ ParameterKey = "", ResolvedValue }) =>
      ResolvedValue === undefined ? [] : [[ParameterKey, ResolvedValue] as const],
    ),
  );
}

/** The template as it was handed in; undefined where the stack has none. */
export async function readDeployedTemplate(
  client: CloudFormationClient,
  stackName: string,
): Promise<string | undefined> {
  try {
    const { TemplateBody } = await client.send(
      new GetTemplateCommand({ StackName: stackName, TemplateStage: "Original" }),
    );
    return TemplateBody;
  } catch (error) {
    if (isMissingStack(error)) return undefined;
    throw error;
  }
}

/** The physical id behind each logical id of a stack. */
export async function readPhysicalIds(client: CloudFormationClient, stackName: string): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: stackName, NextToken }));
    for (const { LogicalResourceId, PhysicalResourceId } of page.StackResourceSummaries ?? []) {
      if (PhysicalResourceId) ids.set(LogicalResourceId!, PhysicalResourceId);
    }
    NextToken = page.NextToken;
  } while (NextToken);
  return ids;
}

/** CloudFormation has no error code of its own for a stack that does not exist. */
export function isMissingStack(error: unknown): boolean {
  return hasRemoteCode(error, "ValidationError") && /does not exist/.test((error as Error).message);
}
