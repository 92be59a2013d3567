import {
  DeleteStateMachineVersionCommand,
  DescribeStateMachineAliasCommand,
  ListStateMachineAliasesCommand,
  ListStateMachineVersionsCommand,
  type RoutingConfigurationListItem,
  type SFNClient,
  UpdateStateMachineAliasCommand,
} from "@aws-sdk/client-sfn";
import type { Aws } from "../../aws/aws.ts";
import { describeShape, isSameShape } from "../alias-shape.ts";
import type { AliasShape, AliasTarget } from "../model.ts";
import type {
  AliasPort,
  AliasSnapshot,
  AliasWrite,
  AliasWriteOutcome,
  PublishedVersion,
  VersionConfiguration,
} from "../ports/ports.ts";
import { hasName, messageOf } from "./remote-name.ts";

/**
 * Aliases and versions of state machines; a version is named by its ARN. Step Functions has no RevisionId: a write
 * reads, compares, updates and reads again, and a foreign change in the blink between cannot be ruled out.
 */
export class StateMachineAliases implements AliasPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async get(target: AliasTarget): Promise<AliasSnapshot | undefined> {
    const client = await this.#client(target);
    try {
      const alias = await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: arnOf(target) }));
      return { ...toShape(alias.routingConfiguration ?? []), description: alias.description ?? "" };
    } catch (error) {
      if (hasName(error, "ResourceNotFound", "StateMachineDoesNotExist")) return undefined;
      throw error;
    }
  }

  async update(write: AliasWrite): Promise<AliasWriteOutcome> {
    const { target, goal, before, description } = write;
    try {
      const found = await this.get(target);
      if (found === undefined || !isSameShape(found, before)) return conflict(found, before);
      const client = await this.#client(target);
      const stateMachineAliasArn = arnOf(target);
      const routingConfiguration = toRouting(goal);
      await client.send(
        new UpdateStateMachineAliasCommand({ stateMachineAliasArn, routingConfiguration, description }),
      );
      const after = await this.get(target);
      return after !== undefined && isSameShape(after, goal) ? { kind: "written" } : conflict(after, goal);
    } catch (error) {
      return { kind: "failed", reason: messageOf(error) };
    }
  }

  isTransitioning(): Promise<boolean> {
    return Promise.resolve(false);
  }

  hasProvisionedConcurrency(): Promise<boolean> {
    return Promise.resolve(false);
  }

  /** Versions of a state machine may always share an alias. */
  configuration(_target: AliasTarget, version: string): Promise<VersionConfiguration> {
    return Promise.resolve({ version, role: "", timeoutMs: 0, state: "Active" });
  }

  async versions(target: AliasTarget): Promise<readonly PublishedVersion[]> {
    const client = await this.#client(target);
    const aliases = await this.#aliasesByVersion(client, target);
    const found: PublishedVersion[] = [];
    let nextToken: string | undefined;
    do {
      const input = { stateMachineArn: target.name, nextToken };
      const page = await client.send(new ListStateMachineVersionsCommand(input));
      for (const { stateMachineVersionArn: version } of page.stateMachineVersions ?? []) {
        found.push({ version: version!, aliases: aliases.get(version!) ?? [] });
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return found.sort((a, b) => numberOf(a.version) - numberOf(b.version));
  }

  async deleteVersion(target: AliasTarget, version: string): Promise<boolean> {
    const client = await this.#client(target);
    try {
      await client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: version }));
      return true;
    } catch (error) {
      if (hasName(error, "ConflictException")) return false;
      throw error;
    }
  }

  #client(target: AliasTarget): Promise<SFNClient> {
    return this.#aws.inRegion(target.region ?? this.#aws.options.region).client("sfn");
  }

  async #aliasesByVersion(client: SFNClient, target: AliasTarget): Promise<ReadonlyMap<string, string[]>> {
    const byVersion = new Map<string, string[]>();
    let nextToken: string | undefined;
    do {
      const input = { stateMachineArn: target.name, nextToken };
      const page = await client.send(new ListStateMachineAliasesCommand(input));
      for (const { stateMachineAliasArn } of page.stateMachineAliases ?? []) {
        const alias = await client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn }));
        for (const { stateMachineVersionArn: version } of alias.routingConfiguration ?? []) {
          byVersion.set(version!, [...(byVersion.get(version!) ?? []), alias.name ?? stateMachineAliasArn!]);
        }
      }
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return byVersion;
  }
}

function arnOf(target: AliasTarget): string {
  return `${target.name}:${target.alias}`;
}

function numberOf(version: string): number {
  return Number(version.slice(version.lastIndexOf(":") + 1));
}

function toShape(routing: readonly RoutingConfigurationListItem[]): AliasShape {
  const served = routing.filter(({ weight }) => (weight ?? 0) > 0);
  const [first, second] = served;
  const primary = (first ?? routing[0])!.stateMachineVersionArn!;
  if (second === undefined) return { primary };
  return {
    primary,
    additional: { version: second.stateMachineVersionArn!, percent: second.weight! },
    unordered: true,
  };
}

function toRouting({ primary, additional }: AliasShape): RoutingConfigurationListItem[] {
  if (additional === undefined) return [{ stateMachineVersionArn: primary, weight: 100 }];
  const { version, percent } = additional;
  return [
    { stateMachineVersionArn: primary, weight: 100 - percent },
    { stateMachineVersionArn: version, weight: percent },
  ];
}

function conflict(found: AliasShape | undefined, wanted: AliasShape): AliasWriteOutcome {
  const seen = found === undefined ? "nothing" : describeShape(found);
  return { kind: "conflict", reason: `the alias serves ${seen}, not ${describeShape(wanted)}` };
}
