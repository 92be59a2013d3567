import {
  CancelUpdateStackCommand,
  DeleteStackCommand,
  UpdateTerminationProtectionCommand,
  type Change,
  type CloudFormationClient,
  type StackEvent,
} from "@aws-sdk/client-cloudformation";
import type { AssemblyStack } from "../assembly/assembly.ts";
import { AbortError, RemoteError, type RemoteErrorDetail } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { discardChangeSet, executeChangeSet, prepareChangeSet, type ReadyChangeSet } from "./change-set.ts";
import { followUntilDone } from "./follow-stack.ts";
import type { StackPlan } from "./plan-stack.ts";
import { renderFailures } from "./report-events.ts";
import { EventFollower } from "./stack-events.ts";
import { readStackState, type StackState } from "./stack-state.ts";
import { patientStackClients, type StackClients } from "./stack-clients.ts";
import { fillPlaceholders, type Target } from "./target.ts";
import { templateSource } from "./template-source.ts";

/** What became of a stack. */
export interface StackResult {
  readonly outcome: "created" | "updated" | "unchanged";
  readonly state: StackState;
  /** What the change set showed, but for new versions of functions: for people. */
  readonly changed: readonly string[];
}

/** A stack that did not reach what was planned. */
export class StackFailedError extends RemoteError {
  /** What failed, oldest first. */
  readonly failures: readonly StackEvent[];

  constructor(message: string, failures: readonly StackEvent[], detail: RemoteErrorDetail) {
    super("StackFailed", message, detail);
    this.failures = failures;
  }
}

/** What the stack functions need around them. */
export interface StackContext {
  readonly target: Target;
  readonly host: IoHost;
  readonly signal: AbortSignal;
  /** Called with the changes before they are executed; may throw to refuse them. */
  readonly approve?: (changes: readonly Change[], plan: StackPlan) => Promise<void>;
}

/** Carries out the plan of one stack: change set, approval, execution, and the events on the way. */
export async function applyStack(
  plan: StackPlan,
  state: StackState | undefined,
  context: StackContext,
): Promise<StackResult> {
  const { stack } = plan;
  const clients = await patientStackClients(context.target, stack);
  const client = clients.deployRole;
  if (plan.action === "none") {
    await matchTerminationProtection(client, stack, state!);
    return { outcome: "unchanged", state: state!, changed: [] };
  }
  if (plan.action === "recreate") await removeFailedStack(client, stack, state!, context);
  const creating = plan.action !== "update";
  const { target, signal } = context;
  const changeSet = await prepareChangeSet(client, changeSetInput(plan, creating, target), signal, target.pause);
  if (changeSet === undefined) {
    return { outcome: "unchanged", state: (await readStackState(client, stack.stackName))!, changed: [] };
  }
  await approveOrDiscard(client, changeSet, plan, context);
  const reached = await executeAndFollow(clients, changeSet, stack, context);
  await matchTerminationProtection(client, stack, reached);
  return { outcome: creating ? "created" : "updated", state: reached, changed: describeChanges(changeSet.changes) };
}

/** What happens to each resource, for example `Orders (SQS::Queue) replaced`. */
function describeChanges(changes: readonly Change[]): string[] {
  return changes.flatMap(({ ResourceChange: change }) => {
    const { LogicalResourceId: id, ResourceType: type = "", Action, Replacement } = change ?? {};
    if (id === undefined || type === "AWS::Lambda::Version" || type === "AWS::CDK::Metadata") return [];
    const verb = Replacement === "True" ? "replaced" : (ACTIONS[Action ?? ""] ?? "changed");
    return [`${id} (${type.replace(/^AWS::/, "")}) ${verb}`];
  });
}

const ACTIONS: Readonly<Record<string, string>> = { Add: "added", Remove: "removed" };

function changeSetInput(plan: StackPlan, creating: boolean, target: Target) {
  const { stack } = plan;
  return {
    StackName: stack.stackName,
    ChangeSetName: plan.changeSetName,
    ChangeSetType: creating ? ("CREATE" as const) : ("UPDATE" as const),
    Description: `tidegate, stage ${target.stage}`,
    ...templateSource(plan, target),
    Parameters: [
      ...Object.entries(plan.parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      ...plan.keptParameters.map((ParameterKey) => ({ ParameterKey, UsePreviousValue: true })),
    ],
    Capabilities: ["CAPABILITY_IAM" as const, "CAPABILITY_NAMED_IAM" as const, "CAPABILITY_AUTO_EXPAND" as const],
    RoleARN: roleArnOf(stack, target),
    Tags: Object.entries(stack.tags).map(([Key, Value]) => ({ Key, Value })),
    NotificationARNs: [...stack.notificationArns],
    IncludeNestedStacks: true,
  };
}

function roleArnOf({ executionRoleArn }: AssemblyStack, target: Target): string | undefined {
  return executionRoleArn === undefined ? undefined : fillPlaceholders(executionRoleArn, target);
}

async function approveOrDiscard(
  client: CloudFormationClient,
  changeSet: ReadyChangeSet,
  plan: StackPlan,
  { approve, signal }: StackContext,
): Promise<void> {
  try {
    await approve?.(changeSet.changes, plan);
    signal.throwIfAborted();
  } catch (error) {
    await discardChangeSet(client, changeSet).catch(() => undefined);
    throw error;
  }
}

async function executeAndFollow(
  { deployRole: client, caller }: StackClients,
  changeSet: ReadyChangeSet,
  stack: AssemblyStack,
  context: StackContext,
): Promise<StackState> {
  const follower = new EventFollower(client, stack, context.host, { total: changeSet.changes.length });
  await follower.skipPast(changeSet.stackId);
  await executeChangeSet(client, changeSet);
  const cancel = cancelOnAbort(caller, changeSet.stackId, context);
  const reached = await followUntilDone(client, changeSet.stackId, follower, context.target.pause);
  const cancelled = await cancel.release();
  follower.tellNotes();
  if (reached.status === "CREATE_COMPLETE" || reached.status === "UPDATE_COMPLETE") return reached;
  if (cancelled) {
    throw new AbortError(
      "StackUpdateCancelled",
      `The update of the stack ${stack.stackName} was cancelled and taken back (${reached.status})`,
    );
  }
  throw stackFailed(stack, reached, follower);
}

/** Cancels an update when the user stops; a creation cannot be cancelled, and continues. */
function cancelOnAbort(client: CloudFormationClient, stackId: string, { signal, host }: StackContext) {
  let asked: Promise<boolean> | undefined;
  const onAbort = () => {
    host.notify({
      code: "StackCancelling",
      level: "warn",
      text: "Stopping: asking CloudFormation to take the update back.",
    });
    asked = client.send(new CancelUpdateStackCommand({ StackName: stackId })).then(
      () => true,
      () => false,
    );
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return {
    release: async () => {
      signal.removeEventListener("abort", onAbort);
      return (await asked) ?? false;
    },
  };
}

function stackFailed(stack: AssemblyStack, reached: StackState, follower: EventFollower): StackFailedError {
  const lines = renderFailures(stack, follower.failures);
  const words = lines.length > 0 ? lines.join("\n  ") : (reached.statusReason ?? "no reason was given");
  const message = `The stack ${stack.stackName} ended ${reached.status}:\n  ${words}`;
  return new StackFailedError(message, follower.failures, {
    remoteCode: reached.status,
    constructPath: stack.origins.get(follower.failures[0]?.LogicalResourceId ?? "")?.constructPath,
    fix:
      reached.status === "UPDATE_ROLLBACK_FAILED"
        ? `Fix the resources listed, then run \`aws cloudformation continue-update-rollback --stack-name ${stack.stackName}\`.`
        : "The previous version is still running. Fix the cause and deploy again.",
  });
}

async function removeFailedStack(
  client: CloudFormationClient,
  stack: AssemblyStack,
  state: StackState,
  context: StackContext,
): Promise<void> {
  context.host.notify({
    code: "StackRemovedFirst",
    level: "info",
    text: `${stack.stackName} is ${state.status} from an earlier attempt: it is deleted first.`,
  });
  const follower = new EventFollower(client, stack, context.host);
  await follower.skipPast(state.stackId);
  await client.send(new DeleteStackCommand({ StackName: state.stackId, RoleARN: roleArnOf(stack, context.target) }));
  const reached = await followUntilDone(client, state.stackId, follower, context.target.pause);
  if (reached.status !== "DELETE_COMPLETE") throw stackFailed(stack, reached, follower);
}

async function matchTerminationProtection(
  client: CloudFormationClient,
  stack: AssemblyStack,
  state: StackState,
): Promise<void> {
  if (stack.terminationProtection === state.terminationProtection) return;
  await client.send(
    new UpdateTerminationProtectionCommand({
      StackName: stack.stackName,
      EnableTerminationProtection: stack.terminationProtection,
    }),
  );
}
