import { SimError } from "./sim-error.ts";
import type { World } from "./world.ts";

export interface SimMachine {
  readonly versions: Set<string>;
  readonly aliases: Map<string, { routing: { stateMachineVersionArn: string; weight: number }[]; description: string }>;
  nextVersion: number;
}

type Input = Record<string, unknown>;
type Routing = { stateMachineVersionArn: string; weight: number }[];

/** Step Functions' operations, by name. */
export const STATES: Record<string, (world: World, input: Input, who: string) => unknown> = {
  DescribeStateMachineAlias: (world, input) => {
    const { alias } = find(world, input);
    return { routingConfiguration: alias.routing.map((entry) => ({ ...entry })), description: alias.description };
  },
  UpdateStateMachineAlias: (world, input, who) => {
    const { machine, alias, arn } = find(world, input);
    const routing = (input["routingConfiguration"] as Routing | undefined) ?? alias.routing;
    refuseRouting(machine, routing);
    const before = { ...alias };
    alias.routing = routing.map((entry) => ({ ...entry }));
    alias.description = (input["description"] as string | undefined) ?? alias.description;
    world.changed({ kind: "machine-alias", who, name: arn, before, after: { ...alias } });
    return { updateDate: new Date(world.now) };
  },
  ListStateMachineVersions: (world, input) => ({
    stateMachineVersions: [...machineOf(world, String(input["stateMachineArn"])).versions]
      .toReversed()
      .map((stateMachineVersionArn) => ({ stateMachineVersionArn })),
  }),
  ListStateMachineAliases: (world, input) => {
    const arn = String(input["stateMachineArn"]);
    const names = [...machineOf(world, arn).aliases.keys()];
    return { stateMachineAliases: names.map((name) => ({ stateMachineAliasArn: `${arn}:${name}` })) };
  },
  DeleteStateMachineVersion: (world, input, who) => {
    const version = String(input["stateMachineVersionArn"]);
    const arn = version.slice(0, version.lastIndexOf(":"));
    const machine = machineOf(world, arn);
    const users = [...machine.aliases].filter(([, { routing }]) =>
      routing.some((entry) => entry.stateMachineVersionArn === version),
    );
    if (users.length > 0) {
      const names = users.map(([name]) => name).join(", ");
      throw new SimError(
        "ConflictException",
        `Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [${names}]`,
        400,
      );
    }
    machine.versions.delete(version);
    world.changed({ kind: "version-deleted", who, name: arn, version });
    return {};
  },
};

function refuseRouting(machine: SimMachine, routing: Routing): void {
  const weights = routing.map(({ weight }) => weight);
  const invalid = (text: string) => new SimError("ValidationException", text, 400);
  if (routing.length > 2) throw invalid("Member must have length less than or equal to 2");
  if (weights.reduce((a, b) => a + b, 0) !== 100 || weights.some((weight) => !Number.isInteger(weight))) {
    throw invalid(`Sum of routing configuration weights must equal 100. Received: [${weights.join(", ")}]`);
  }
  const arns = routing.map(({ stateMachineVersionArn }) => stateMachineVersionArn);
  if (new Set(arns).size !== arns.length) {
    throw invalid(
      `Routing configuration must contain distinct state machine version ARNs. Received: [${arns.join(", ")}]`,
    );
  }
  for (const version of arns) {
    if (machine.versions.has(version)) continue;
    throw new SimError("ResourceNotFound", "Request references a resource that does not exist.", 400);
  }
}

function find(world: World, input: Input) {
  const aliasArn = String(input["stateMachineAliasArn"]);
  const arn = aliasArn.slice(0, aliasArn.lastIndexOf(":"));
  const machine = machineOf(world, arn);
  const alias = machine.aliases.get(aliasArn.slice(arn.length + 1));
  if (alias === undefined)
    throw new SimError("ResourceNotFound", "Request references a resource that does not exist.", 400);
  return { machine, alias, arn };
}

function machineOf(world: World, arn: string): SimMachine {
  const machine = world.machines.get(arn);
  if (machine === undefined)
    throw new SimError("ResourceNotFound", "Request references a resource that does not exist.", 400);
  return machine;
}
