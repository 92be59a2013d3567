import { isDeepStrictEqual } from "node:util";
import { SimError } from "./sim-error.ts";
import type { SimChange, SimChangeSet, SimStack, SimTarget } from "./sim-stack.ts";
import { planUpdate, propertiesOf, showChanges } from "./sim-stack-plan.ts";
import { startUpdate } from "./sim-stack-update.ts";
import type { SimTemplate } from "./sim-template.ts";
import type { World } from "./world.ts";

type Input = Readonly<Record<string, unknown>>;
type Given = readonly {
  readonly ParameterKey: string;
  readonly ParameterValue?: string;
  readonly UsePreviousValue?: boolean;
}[];

const MAKING_MS = 1_000;
const TAKES_UPDATES = /^(CREATE|UPDATE|IMPORT|UPDATE_ROLLBACK)_COMPLETE$/;
const NO_CHANGES =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

/** CloudFormation's operations, by name. */
export const CLOUDFORMATION: Readonly<Record<string, (world: World, input: Input, who: string) => unknown>> = {
  DescribeStacks: (world, input) => {
    const stack = find(world, input);
    const { name, id, target, tags, earlier } = stack;
    return {
      Stacks: [
        {
          StackName: name,
          StackId: id,
          StackStatus: earlier.until > world.now ? earlier.status : stack.status,
          Parameters: Object.entries(target.parameters).map(([ParameterKey, ParameterValue]) => ({
            ParameterKey,
            ParameterValue,
          })),
          Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
          EnableTerminationProtection: false,
        },
      ],
    };
  },
  GetTemplate: (world, input) => ({ TemplateBody: find(world, input).target.text }),
  ListStackResources: (world, input) => ({
    StackResourceSummaries: [...find(world, input).resources].map(([LogicalResourceId, { type, physicalId }]) => ({
      LogicalResourceId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
    })),
  }),
  DescribeStackEvents: (world, input) => ({ StackEvents: [...find(world, input).events] }),
  CreateChangeSet: (world, input) => {
    const stack = findOrMake(world, input);
    const name = String(input["ChangeSetName"]);
    if (stack.changeSets.has(name))
      throw new SimError(
        "AlreadyExistsException",
        `ChangeSet ${name} cannot be created due to a mismatch with existing attribute Template`,
        400,
      );
    refuseBusy(stack, ["REVIEW_IN_PROGRESS"]);
    return makeChangeSet(world, stack, name, targetOf(world, stack, input), input);
  },
  DescribeChangeSet: (world, input) => {
    const { stack, changeSet } = findChangeSet(world, input);
    const isReady = world.now >= changeSet.readyAt;
    return {
      ChangeSetName: changeSet.name,
      ChangeSetId: changeSet.id,
      StackId: stack.id,
      Status: isReady ? changeSet.status : "CREATE_IN_PROGRESS",
      StatusReason: isReady && changeSet.status === "FAILED" ? NO_CHANGES : undefined,
      ExecutionStatus: isReady ? changeSet.executionStatus : "UNAVAILABLE",
      Changes: isReady ? changeSet.changes : [],
    };
  },
  DeleteChangeSet: (world, input) => {
    const found = tryFindChangeSet(world, input);
    found?.stack.changeSets.delete(found.changeSet.name);
    return {};
  },
  ExecuteChangeSet: (world, input, who) => {
    const { stack, changeSet } = findChangeSet(world, input);
    const token = input["ClientRequestToken"] as string | undefined;
    if (changeSet.executionStatus !== "AVAILABLE" && token !== undefined && stack.token === token) return {};
    if (changeSet.executionStatus !== "AVAILABLE")
      throw new SimError(
        "InvalidChangeSetStatus",
        `ChangeSet [${changeSet.id}] cannot be executed in its current execution status of [${changeSet.executionStatus}]`,
        400,
      );
    refuseBusy(stack, ["REVIEW_IN_PROGRESS"]);
    for (const other of stack.changeSets.values()) other.executionStatus = "OBSOLETE";
    changeSet.executionStatus = "EXECUTE_IN_PROGRESS";
    begin(world, stack, changeSet.target, token, who);
    stack.tags = changeSet.tags;
    return {};
  },
  UpdateStack: (world, input, who) => {
    const stack = find(world, input);
    refuseBusy(stack, []);
    const target = targetOf(world, stack, input);
    const { steps, removed } = planUpdate(world, stack, target);
    if (steps.length + removed.length === 0 && isDeepStrictEqual(target.template, stack.target.template))
      throw new SimError("ValidationError", "No updates are to be performed.", 400);
    for (const other of stack.changeSets.values()) other.executionStatus = "OBSOLETE";
    begin(world, stack, target, input["ClientRequestToken"] as string | undefined, who);
    return { StackId: stack.id };
  },
  CancelUpdateStack: (world, input) => {
    const stack = find(world, input);
    if (stack.status !== "UPDATE_IN_PROGRESS")
      throw new SimError("ValidationError", `CancelUpdateStack cannot be called from current stack status`, 400);
    stack.isCancelled = true;
    return {};
  },
  UpdateTerminationProtection: () => ({}),
};

function begin(world: World, stack: SimStack, target: SimTarget, token: string | undefined, who: string): void {
  const changes = showChanges(world, stack, target, () => undefined);
  world.changed({ kind: "stack-update", who, name: stack.name, changes, pins: pinsOf(stack, changes), target });
  startUpdate(world, stack, target, token);
}

/** The version that the stack last gave each alias that an update changes: what its rollback restores. */
function pinsOf(stack: SimStack, changes: readonly SimChange[]): ReadonlyMap<string, string> {
  const changed = new Set(changes.map(({ ResourceChange }) => ResourceChange.LogicalResourceId));
  const aliases = [...stack.resources].flatMap(([id, resource]) => (changed.has(id) ? [resource] : []));
  const pins = aliases.flatMap(({ type, properties }): [string, string][] => {
    if (type === "AWS::Lambda::Alias")
      return [[String(properties["FunctionName"]), String(properties["FunctionVersion"])]];
    if (type !== "AWS::StepFunctions::StateMachineAlias") return [];
    const [route] = properties["RoutingConfiguration"] as { StateMachineVersionArn: string }[];
    const version = route!.StateMachineVersionArn;
    return [[version.slice(0, version.lastIndexOf(":")), version]];
  });
  return new Map(pins);
}

function makeChangeSet(world: World, stack: SimStack, name: string, target: SimTarget, input: Input): unknown {
  const tags = Object.fromEntries(
    ((input["Tags"] as readonly { Key: string; Value: string }[] | undefined) ?? []).map(({ Key, Value }) => [
      Key,
      Value,
    ]),
  );
  const nested = (logicalId: string) =>
    input["IncludeNestedStacks"] === true ? makeNestedChangeSet(world, stack, target, logicalId, name) : undefined;
  const changes = showChanges(world, stack, target, nested);
  const isEmpty = changes.length === 0 && isDeepStrictEqual(tags, stack.tags) && stack.status !== "REVIEW_IN_PROGRESS";
  const status =
    isEmpty && isDeepStrictEqual(target.parameters, stack.target.parameters) ? "FAILED" : "CREATE_COMPLETE";
  const changeSet: SimChangeSet = {
    name,
    id: `arn:aws:cloudformation:us-east-1:${world.account}:changeSet/${name}/${stack.name}-${world.newRevision()}`,
    target,
    tags,
    changes,
    readyAt: world.now + MAKING_MS,
    status,
    executionStatus: status === "FAILED" ? "UNAVAILABLE" : "AVAILABLE",
  };
  stack.changeSets.set(name, changeSet);
  return { Id: changeSet.id, StackId: stack.id };
}

/** The change set of a nested stack: by what its parent would pass it. */
function makeNestedChangeSet(
  world: World,
  parent: SimStack,
  target: SimTarget,
  logicalId: string,
  name: string,
): string | undefined {
  const found = parent.resources.get(logicalId);
  if (found === undefined) return undefined;
  const nested = world.stackOf(found.physicalId);
  const wanted = world.nestedTarget(propertiesOf(world, parent, target, logicalId));
  const made = makeChangeSet(world, nested, `${name}-${logicalId}`, wanted, { IncludeNestedStacks: true });
  return (made as { Id: string }).Id;
}

function targetOf(world: World, stack: SimStack, input: Input): SimTarget {
  const url = input["TemplateURL"] as string | undefined;
  const body = input["TemplateBody"] as string | undefined;
  const text = input["UsePreviousTemplate"] === true ? stack.target.text : (body ?? world.templates.get(url ?? ""));
  if (text === undefined) throw new SimError("ValidationError", `S3 error: Access Denied (${url})`, 400);
  const template = JSON.parse(text) as SimTemplate;
  const given = new Map(((input["Parameters"] as Given | undefined) ?? []).map((one) => [one.ParameterKey, one]));
  const missing: string[] = [];
  const entries = Object.entries(template.Parameters ?? {}).flatMap(([name, { Default }]): [string, string][] => {
    const { ParameterValue, UsePreviousValue } = given.get(name) ?? {};
    const value = UsePreviousValue === true ? stack.target.parameters[name] : ParameterValue;
    // A parameter that is left out takes its default, not its previous value.
    const chosen = value ?? Default;
    if (chosen !== undefined) return [[name, chosen]];
    missing.push(name);
    return [];
  });
  if (missing.length > 0)
    throw new SimError("ValidationError", `Parameters: [${missing.join(", ")}] must have values`, 400);
  return { text, template, parameters: Object.fromEntries(entries) };
}

function refuseBusy(stack: SimStack, more: readonly string[]): void {
  if (TAKES_UPDATES.test(stack.status) || more.includes(stack.status)) return;
  throw new SimError("ValidationError", `Stack:${stack.id} is in ${stack.status} state and can not be updated.`, 400);
}

function find(world: World, input: Input): SimStack {
  const name = String(input["StackName"]);
  const stack = world.tryStack(name);
  if (stack === undefined) throw new SimError("ValidationError", `Stack with id ${name} does not exist`, 400);
  return stack;
}

function findOrMake(world: World, input: Input): SimStack {
  const name = String(input["StackName"]);
  const found = world.tryStack(name);
  if (found !== undefined || input["ChangeSetType"] !== "CREATE") return find(world, input);
  const made = world.makeStack(name);
  world.stacks.set(name, made.status);
  return made;
}

function findChangeSet(world: World, input: Input): { stack: SimStack; changeSet: SimChangeSet } {
  const found = tryFindChangeSet(world, input);
  if (found !== undefined) return found;
  if (input["StackName"] !== undefined) find(world, input);
  throw new SimError("ChangeSetNotFoundException", `ChangeSet [${String(input["ChangeSetName"])}] does not exist`, 404);
}

function tryFindChangeSet(world: World, input: Input): { stack: SimStack; changeSet: SimChangeSet } | undefined {
  const wanted = String(input["ChangeSetName"]);
  const name = input["StackName"] as string | undefined;
  const named = name === undefined ? undefined : world.tryStack(name);
  for (const stack of world.allStacks()) {
    if (named !== undefined && stack !== named) continue;
    for (const changeSet of stack.changeSets.values())
      if (changeSet.id === wanted || (named !== undefined && changeSet.name === wanted)) return { stack, changeSet };
  }
  return undefined;
}
