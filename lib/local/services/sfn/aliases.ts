import type { Nothing } from "../../kit/operation-types.ts";
import { AwsError } from "../../aws-error.ts";
import type { AliasRecord } from "./records.ts";
import { broken, checkArn, invalid, page, resourceMissing } from "./errors.ts";
import type { Input, Output, Sfn } from "./context.ts";

type Routing = NonNullable<Input<"CreateStateMachineAlias">["routingConfiguration"]>;

const NAME = /^(?=.*[a-zA-Z_\-.])[a-zA-Z0-9_\-.]+$/;
const VERSION = /^(arn:[^:]+:states:[^:]+:\d{12}:stateMachine:[^:]+):(\d+)$/;

/** Creates an alias. The same call again answers the same alias. */
export function createStateMachineAlias(
  sfn: Sfn,
  input: Input<"CreateStateMachineAlias">,
): Output<"CreateStateMachineAlias"> {
  const name = checkAliasName(input.name ?? "");
  const routing = readRouting(sfn, input.routingConfiguration ?? []);
  const machineArn = VERSION.exec(routing[0]!.version)![1]!;
  const arn = `${machineArn}:${name}`;
  const now = sfn.cloud.clock.now();
  const before = sfn.aliases.get(arn);
  const same = JSON.stringify([before?.routing, before?.description]) === JSON.stringify([routing, input.description]);
  if (before !== undefined && !same) {
    throw new AwsError(
      "ConflictException",
      `Failed to create alias because an alias with the same name and a different routing configuration already exists.`,
    );
  }
  const record: AliasRecord = before ?? {
    arn,
    machineArn,
    name,
    routing,
    createdMs: now,
    updatedMs: now,
    ...(input.description !== undefined && { description: input.description }),
  };
  sfn.aliases.put(arn, record);
  return { stateMachineAliasArn: arn, creationDate: new Date(record.createdMs) };
}

/** Changes an alias's description, or the one or two versions it routes to. */
export function updateStateMachineAlias(
  sfn: Sfn,
  input: Input<"UpdateStateMachineAlias">,
): Output<"UpdateStateMachineAlias"> {
  const before = findAlias(sfn, input.stateMachineAliasArn);
  if (input.description === undefined && input.routingConfiguration === undefined) {
    throw invalid("Either the description or the RoutingConfiguration must be specified");
  }
  const updatedMs = sfn.cloud.clock.now();
  const record: AliasRecord = {
    ...before,
    updatedMs,
    ...(input.description !== undefined && { description: input.description }),
    ...(input.routingConfiguration !== undefined && {
      routing: readRouting(sfn, input.routingConfiguration, before.machineArn),
    }),
  };
  sfn.aliases.put(record.arn, record);
  return { updateDate: new Date(updatedMs) };
}

/** Returns an alias with its routing. `ResourceNotFound` where there is none of this ARN. */
export function describeStateMachineAlias(
  sfn: Sfn,
  input: Input<"DescribeStateMachineAlias">,
): Output<"DescribeStateMachineAlias"> {
  const { arn, name, description, routing, createdMs, updatedMs } = findAlias(sfn, input.stateMachineAliasArn);
  return {
    stateMachineAliasArn: arn,
    name,
    ...(description !== undefined && { description }),
    routingConfiguration: routing.map(({ version, weight }) => ({ stateMachineVersionArn: version, weight })),
    creationDate: new Date(createdMs),
    updateDate: new Date(updatedMs),
  };
}

/** Lists a state machine's aliases, all or those of one version, a page at a time. */
export function listStateMachineAliases(
  sfn: Sfn,
  input: Input<"ListStateMachineAliases">,
): Output<"ListStateMachineAliases"> {
  const given = checkArn(input.stateMachineArn);
  const [, machineArn = given] = VERSION.exec(given) ?? [];
  if (sfn.machines.get(machineArn) === undefined) throw resourceMissing(given);
  const all = sfn.aliases
    .list(`${machineArn}:`)
    .map(([, alias]) => alias)
    .filter(({ routing }) => machineArn === given || routing.some(({ version }) => version === given));
  const { items, nextToken } = page(all, input.maxResults, input.nextToken);
  return {
    stateMachineAliases: items.map(({ arn, createdMs }) => ({
      stateMachineAliasArn: arn,
      creationDate: new Date(createdMs),
    })),
    nextToken,
  };
}

/** Deleting an alias that is not there succeeds. */
export function deleteStateMachineAlias(sfn: Sfn, input: Input<"DeleteStateMachineAlias">): Nothing {
  sfn.aliases.delete(checkArn(input.stateMachineAliasArn));
  return {};
}

/** The version that this call is led to, by the alias's weights. */
export function routeByWeight({ routing }: AliasRecord): string {
  let left = Math.random() * 100;
  for (const { version, weight } of routing) {
    left -= weight;
    if (left < 0) return version;
  }
  return routing.at(-1)!.version;
}

function findAlias(sfn: Sfn, arn: string | undefined): AliasRecord {
  const alias = sfn.aliases.get(checkArn(arn));
  if (alias === undefined) throw resourceMissing(String(arn));
  return alias;
}

function checkAliasName(name: string): string {
  if (name.length > 80) throw broken(name, "name", "Member must have length less than or equal to 80");
  if (!NAME.test(name)) {
    throw broken(
      name,
      "name",
      String.raw`Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`,
    );
  }
  return name;
}

function readRouting(sfn: Sfn, given: Routing, machineArn?: string): AliasRecord["routing"] {
  const arns = given.map(({ stateMachineVersionArn }) => stateMachineVersionArn ?? "");
  const shown = `Received: [${arns.join(", ")}]`;
  if (arns.length === 0 || arns.length > 2) {
    throw broken(shown, "routingConfiguration", "Member must have length less than or equal to 2");
  }
  if (arns.some((arn) => !VERSION.test(arn))) {
    throw invalid(`Routing configuration must contain state machine version ARNs. ${shown}`);
  }
  if (new Set(arns).size < arns.length) {
    throw invalid(`Routing configuration must contain distinct state machine version ARNs. ${shown}`);
  }
  const machines = new Set(arns.map((arn) => VERSION.exec(arn)![1]));
  if (machines.size > 1 || (machineArn !== undefined && !machines.has(machineArn))) {
    throw invalid(`Routing configuration must contain versions of the same state machine. ${shown}`);
  }
  const missing = arns.find((arn) => sfn.versions.get(arn) === undefined);
  if (missing !== undefined) throw resourceMissing(missing);
  const weights = given.map(({ weight }) => weight ?? 0);
  for (const weight of weights) {
    if (weight < 0 || weight > 100)
      throw broken(
        weight,
        "routingConfiguration.1.member.weight",
        `Member must have value ${weight < 0 ? "greater than or equal to 0" : "less than or equal to 100"}`,
      );
  }
  if (weights.reduce((sum, weight) => sum + weight, 0) !== 100) {
    throw invalid(`Sum of routing configuration weights must equal 100. Received: [${weights.join(", ")}]`);
  }
  return given.map(({ stateMachineVersionArn, weight }) => ({ version: stateMachineVersionArn, weight: weight }));
}
