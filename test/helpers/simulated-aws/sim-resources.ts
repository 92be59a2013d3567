import { isDeepStrictEqual } from "node:util";
import { SimError } from "./sim-error.ts";
import type { World } from "./world.ts";

type Properties = Readonly<Record<string, unknown>>;

/** How CloudFormation makes, changes and removes the resources of one type. */
export interface SimResourceType {
  /** Properties that cannot change: another value makes another resource. */
  readonly createOnly: readonly string[];
  /** Returns the physical id. */
  create(world: World, properties: Properties): string;
  update(world: World, physicalId: string, properties: Properties): void;
  remove(world: World, physicalId: string): void;
  attribute(world: World, physicalId: string, name: string): string;
}

const WHO = "cloudformation";

const FUNCTION: SimResourceType = {
  createOnly: ["FunctionName"],
  create(world, properties) {
    const name = String(properties["FunctionName"]);
    world.makeFunction(name);
    world.contents.set(latest(name), contentOf(properties));
    return name;
  },
  update: (world, name, properties) => void world.contents.set(latest(name), contentOf(properties)),
  remove: (world, name) => void world.functions.delete(name),
  attribute: (world, name) => `arn:aws:lambda:us-east-1:${world.account}:function:${name}`,
};

const VERSION: SimResourceType = {
  createOnly: ["FunctionName"],
  create(world, properties) {
    const name = String(properties["FunctionName"]);
    const last = world.lastVersionOf(name);
    if (
      last !== undefined &&
      isDeepStrictEqual(world.contents.get(`${name}:${last}`), world.contents.get(latest(name)))
    )
      throw new SimError(
        "ResourceConflictException",
        `Version already exists: [${FUNCTION.attribute(world, name, "Arn")}:${last}]. Please modify the function to create a new version.`,
        409,
      );
    return `${FUNCTION.attribute(world, name, "Arn")}:${publishContent(world, name)}`;
  },
  update: () => undefined,
  remove(world, arn) {
    const [name = "", version = ""] = arn.split(":").slice(-2);
    world.handle("lambda", "DeleteFunction", { FunctionName: name, Qualifier: version }, WHO);
  },
  attribute: (_world, arn, name) => (name === "Version" ? arn.slice(arn.lastIndexOf(":") + 1) : arn),
};

const ALIAS: SimResourceType = {
  createOnly: ["FunctionName", "Name"],
  create(world, properties) {
    const [name, alias] = [String(properties["FunctionName"]), String(properties["Name"])];
    world.addAlias(name, alias, String(properties["FunctionVersion"]), text(properties["Description"]));
    return `${FUNCTION.attribute(world, name, "Arn")}:${alias}`;
  },
  // All properties are passed on, as in the template, regardless of what the alias serves by now.
  update: (world, _arn, properties) => void world.handle("lambda", "UpdateAlias", { ...properties }, WHO),
  remove(world, arn) {
    const [name = "", alias = ""] = arn.split(":").slice(-2);
    world.functions.get(name)?.aliases.delete(alias);
  },
  attribute: (_world, arn) => arn,
};

const MACHINE: SimResourceType = {
  createOnly: ["StateMachineName"],
  create(world, properties) {
    const arn = world.makeMachine(String(properties["StateMachineName"]));
    world.contents.set(latest(arn), properties);
    return arn;
  },
  update: (world, arn, properties) => void world.contents.set(latest(arn), properties),
  remove: (world, arn) => void world.machines.delete(arn),
  attribute: (_world, arn) => arn,
};

const MACHINE_VERSION: SimResourceType = {
  createOnly: ["StateMachineArn"],
  create: (world, properties) => publishMachineContent(world, String(properties["StateMachineArn"])),
  update: () => undefined,
  remove: (world, arn) => void world.handle("sfn", "DeleteStateMachineVersion", { stateMachineVersionArn: arn }, WHO),
  attribute: (_world, arn) => arn,
};

const MACHINE_ALIAS: SimResourceType = {
  createOnly: ["Name"],
  create(world, properties) {
    const routing = routingOf(properties);
    const version = routing[0]!.stateMachineVersionArn;
    const arn = version.slice(0, version.lastIndexOf(":"));
    const description = text(properties["Description"]);
    world.machines.get(arn)!.aliases.set(String(properties["Name"]), { routing, description });
    return `${arn}:${String(properties["Name"])}`;
  },
  update: (world, stateMachineAliasArn, properties) =>
    void world.handle(
      "sfn",
      "UpdateStateMachineAlias",
      { stateMachineAliasArn, routingConfiguration: routingOf(properties), description: properties["Description"] },
      WHO,
    ),
  remove(world, arn) {
    const at = arn.lastIndexOf(":");
    world.machines.get(arn.slice(0, at))?.aliases.delete(arn.slice(at + 1));
  },
  attribute: (_world, arn) => arn,
};

const QUEUE: SimResourceType = {
  createOnly: ["QueueName"],
  create(world, properties) {
    const name = String(properties["QueueName"]);
    if (world.queues.has(name))
      throw new SimError(
        "AlreadyExists",
        `Resource of type 'AWS::SQS::Queue' with identifier '${name}' already exists.`,
        400,
      );
    world.queues.add(name);
    return `https://sqs.us-east-1.amazonaws.com/${world.account}/${name}`;
  },
  update: () => undefined,
  remove: (world, url) => world.deleteQueue(nameOf(url)),
  attribute: (_world, url, name) => (name === "QueueName" ? nameOf(url) : url),
};

/** A resource that never settles: the resources created before it are rolled back. */
const FAILING: SimResourceType = {
  createOnly: [],
  create() {
    throw new SimError("InternalFailure", "Resource handler returned message: no", 500);
  },
  update: () => undefined,
  remove: () => undefined,
  attribute: () => "",
};

/** Resource types by name; nested stacks are the engine's own. */
export const RESOURCE_TYPES: Readonly<Record<string, SimResourceType>> = {
  "AWS::Lambda::Function": FUNCTION,
  "AWS::Lambda::Version": VERSION,
  "AWS::Lambda::Alias": ALIAS,
  "AWS::StepFunctions::StateMachine": MACHINE,
  "AWS::StepFunctions::StateMachineVersion": MACHINE_VERSION,
  "AWS::StepFunctions::StateMachineAlias": MACHINE_ALIAS,
  "AWS::SQS::Queue": QUEUE,
  "Custom::Failing": FAILING,
};

/** Where the present state of a function or state machine is kept, beside its versions. */
export function latest(name: string): string {
  return `${name}:$LATEST`;
}

/** Publishes the present state of a function. */
export function publishContent(world: World, name: string): string {
  const version = world.publish(name);
  world.contents.set(`${name}:${version}`, world.contents.get(latest(name)) ?? {});
  return version;
}

/** Publishes the present state of a state machine; the last version where it holds the same. */
export function publishMachineContent(world: World, arn: string): string {
  const last = [...(world.machines.get(arn)?.versions ?? [])].at(-1);
  const content = world.contents.get(latest(arn)) ?? {};
  if (last !== undefined && isDeepStrictEqual(world.contents.get(last), content)) return last;
  const version = world.publishMachine(arn);
  world.contents.set(version, content);
  return version;
}

function contentOf({ Description: _unversioned, ...properties }: Properties): Properties {
  return properties;
}

function routingOf(properties: Properties): { stateMachineVersionArn: string; weight: number }[] {
  const entries = properties["RoutingConfiguration"] as { StateMachineVersionArn: string; Weight: number }[];
  return entries.map(({ StateMachineVersionArn, Weight }) => ({
    stateMachineVersionArn: StateMachineVersionArn,
    weight: Weight,
  }));
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function nameOf(url: string): string {
  return url.slice(url.lastIndexOf("/") + 1);
}
