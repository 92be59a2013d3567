import {
  DeleteFunctionCommand,
  type FunctionConfiguration,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  GetProvisionedConcurrencyConfigCommand,
  type LambdaClient,
  ListAliasesCommand,
  ListDurableExecutionsByFunctionCommand,
  ListVersionsByFunctionCommand,
  UpdateAliasCommand,
} from "@aws-sdk/client-lambda";
import type { AliasShape, AliasTarget } from "../model.ts";
import type {
  AliasPort,
  AliasSnapshot,
  AliasWrite,
  AliasWriteOutcome,
  PublishedVersion,
  VersionConfiguration,
} from "../ports/ports.ts";
import type { ControlPlane } from "./control-plane.ts";
import { hasName, messageOf } from "./remote-name.ts";

/** Aliases and versions of Lambda functions. Calls are rationed: Lambda allows 15 a second for the whole account. */
export class LambdaAliases implements AliasPort {
  readonly #control: ControlPlane;

  constructor(control: ControlPlane) {
    this.#control = control;
  }

  async get(target: AliasTarget): Promise<AliasSnapshot | undefined> {
    const client = await this.#client(target);
    try {
      const alias = await client.send(new GetAliasCommand({ FunctionName: target.name, Name: target.alias }));
      const shape = toShape(alias.FunctionVersion!, alias.RoutingConfig?.AdditionalVersionWeights ?? {});
      return { ...shape, revision: alias.RevisionId, description: alias.Description ?? "" };
    } catch (error) {
      if (hasName(error, "ResourceNotFoundException")) return undefined;
      throw error;
    }
  }

  async isTransitioning(target: AliasTarget): Promise<boolean> {
    return (await this.#provisioned(target)) === "IN_PROGRESS";
  }

  async hasProvisionedConcurrency(target: AliasTarget): Promise<boolean> {
    return (await this.#provisioned(target)) !== undefined;
  }

  async update(write: AliasWrite): Promise<AliasWriteOutcome> {
    const { target, goal, revision, description, urgent } = write;
    const { additional } = goal;
    try {
      const client = await this.#client(target, urgent);
      await client.send(
        new UpdateAliasCommand({
          FunctionName: target.name,
          Name: target.alias,
          FunctionVersion: goal.primary,
          Description: description,
          RoutingConfig: {
            AdditionalVersionWeights:
              additional === undefined ? {} : { [additional.version]: additional.percent / 100 },
          },
          RevisionId: revision,
        }),
      );
      return { kind: "written" };
    } catch (error) {
      if (hasName(error, "PreconditionFailedException")) return { kind: "conflict", reason: messageOf(error) };
      return { kind: "failed", reason: messageOf(error) };
    }
  }

  async configuration(target: AliasTarget, version: string): Promise<VersionConfiguration> {
    const client = await this.#client(target);
    const input = { FunctionName: target.name, Qualifier: version };
    const found = await client.send(new GetFunctionConfigurationCommand(input));
    const deadLetterTarget = found.DeadLetterConfig?.TargetArn;
    return {
      version,
      role: found.Role ?? "",
      ...(deadLetterTarget === undefined ? {} : { deadLetterTarget }),
      timeoutMs: (found.Timeout ?? 3) * 1000,
      state: found.State ?? "Active",
      ...stateReasonOf(found),
    };
  }

  async versions(target: AliasTarget): Promise<readonly PublishedVersion[]> {
    const [published, aliases] = await Promise.all([this.#published(target), this.#aliasesByVersion(target)]);
    const described = published.map(async (configuration): Promise<PublishedVersion> => {
      const version = configuration.Version!;
      const pinnedBy = await this.#runningExecutions(target, configuration);
      return { version, aliases: aliases.get(version) ?? [], ...(pinnedBy === undefined ? {} : { pinnedBy }) };
    });
    return (await Promise.all(described)).sort((a, b) => Number(a.version) - Number(b.version));
  }

  async deleteVersion(target: AliasTarget, version: string): Promise<boolean> {
    const client = await this.#client(target);
    try {
      await client.send(new DeleteFunctionCommand({ FunctionName: target.name, Qualifier: version }));
      return true;
    } catch (error) {
      if (hasName(error, "ResourceNotFoundException")) return true;
      if (hasName(error, "ResourceConflictException")) return false;
      throw error;
    }
  }

  #client(target: AliasTarget, urgent = false): Promise<LambdaClient> {
    return this.#control.client(target, urgent);
  }

  async #provisioned(target: AliasTarget): Promise<string | undefined> {
    const client = await this.#client(target);
    const input = { FunctionName: target.name, Qualifier: target.alias };
    try {
      return (await client.send(new GetProvisionedConcurrencyConfigCommand(input))).Status;
    } catch (error) {
      if (hasName(error, "ProvisionedConcurrencyConfigNotFoundException", "ResourceNotFoundException"))
        return undefined;
      throw error;
    }
  }

  async #published(target: AliasTarget): Promise<FunctionConfiguration[]> {
    const found: FunctionConfiguration[] = [];
    let marker: string | undefined;
    do {
      const client = await this.#client(target);
      const page = await client.send(new ListVersionsByFunctionCommand({ FunctionName: target.name, Marker: marker }));
      found.push(...(page.Versions ?? []).filter(({ Version }) => Version !== "$LATEST"));
      marker = page.NextMarker;
    } while (marker !== undefined && marker !== "");
    return found;
  }

  async #aliasesByVersion(target: AliasTarget): Promise<ReadonlyMap<string, string[]>> {
    const byVersion = new Map<string, string[]>();
    let marker: string | undefined;
    do {
      const client = await this.#client(target);
      const page = await client.send(new ListAliasesCommand({ FunctionName: target.name, Marker: marker }));
      for (const alias of page.Aliases ?? []) {
        const weighted = Object.keys(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
        for (const version of [alias.FunctionVersion!, ...weighted]) {
          byVersion.set(version, [...(byVersion.get(version) ?? []), alias.Name!]);
        }
      }
      marker = page.NextMarker;
    } while (marker !== undefined && marker !== "");
    return byVersion;
  }

  /** A durable execution replays on the version that it started on. */
  async #runningExecutions(target: AliasTarget, configuration: FunctionConfiguration): Promise<string | undefined> {
    if (configuration.DurableConfig === undefined) return undefined;
    const client = await this.#client(target);
    const page = await client.send(
      new ListDurableExecutionsByFunctionCommand({
        FunctionName: target.name,
        Qualifier: configuration.Version,
        Statuses: ["RUNNING"],
      }),
    );
    const running = page.DurableExecutions?.length ?? 0;
    return running === 0 ? undefined : `${running} running durable executions`;
  }
}

function stateReasonOf({ StateReason, StateReasonCode }: FunctionConfiguration): { readonly stateReason?: string } {
  const parts = [StateReasonCode, StateReason].filter((part) => part !== undefined && part !== "");
  return parts.length === 0 ? {} : { stateReason: parts.join(": ") };
}

function toShape(primary: string, weights: Record<string, number>): AliasShape {
  const weighted = Object.entries(weights).find(([, weight]) => weight > 0);
  if (weighted === undefined) return { primary };
  return { primary, additional: { version: weighted[0], percent: Number((weighted[1] * 100).toFixed(6)) } };
}
