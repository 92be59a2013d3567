import type { World } from "./world.ts";
import { SimError } from "./sim-error.ts";

export interface SimVersion {
  readonly role: string;
  readonly deadLetterTarget?: string;
  readonly timeoutSeconds: number;
  /** `state` once nothing is pending any more; Pending until `pendingUntil`. */
  state: string;
  pendingUntil?: number;
  stateReason?: { readonly code: string; readonly text: string };
  readonly durable: boolean;
}

/** Provisioned concurrency of a version. */
export interface SimConcurrency {
  readonly requested: number;
  readonly readyAt: number;
  readonly failure?: string;
}

export interface SimAlias {
  primary: string;
  weights: Record<string, number>;
  description: string;
  revision: string;
}

export interface SimFunction {
  readonly versions: Map<string, SimVersion>;
  readonly aliases: Map<string, SimAlias>;
  /** Aliases with provisioned concurrency. */
  readonly provisioned: Set<string>;
  /** Provisioned concurrency by version. */
  readonly concurrency: Map<string, SimConcurrency>;
  /** The version that each one was given at first, even if it changed later. */
  readonly intended: Map<string, number>;
  /** What the live alias routed to, from when on. */
  readonly routing: { at: number; primary: string; weights: Record<string, number> }[];
  nextVersion: number;
  /** Running durable executions by version. */
  readonly executions: Map<string, number>;
}

export type HookScript = () => { payload?: string; crash?: string; silent?: boolean; throttled?: boolean };

type Input = Record<string, unknown>;

const REVISION_TEXT =
  "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id";

export function newFunction(): SimFunction {
  return {
    versions: new Map(),
    aliases: new Map(),
    provisioned: new Set(),
    concurrency: new Map(),
    intended: new Map(),
    routing: [],
    nextVersion: 1,
    executions: new Map(),
  };
}

/** Lambda's operations, by name. */
export const LAMBDA: Record<string, (world: World, input: Input, who: string) => unknown> = {
  GetAlias: (world, input) => {
    const { fn, alias } = find(world, input);
    const transient = world.transientUntil.get(`${String(input["FunctionName"])}:${String(input["Name"])}`);
    const weights = transient !== undefined && transient > world.now ? twist(alias, fn) : alias.weights;
    return {
      FunctionVersion: alias.primary,
      RoutingConfig: Object.keys(weights).length === 0 ? undefined : { AdditionalVersionWeights: { ...weights } },
      RevisionId: alias.revision,
      Description: alias.description,
    };
  },
  UpdateAlias: (world, input, who) => updateAlias(world, input, who),
  GetProvisionedConcurrencyConfig: (world, input) => {
    const name = `${String(input["FunctionName"])}:${String(input["Qualifier"])}`;
    const fn = functionOf(world, input);
    if (!fn.provisioned.has(String(input["Qualifier"]))) {
      throw new SimError(
        "ProvisionedConcurrencyConfigNotFoundException",
        "No Provisioned Concurrency Config found for this function",
        404,
      );
    }
    return { Status: (world.transientUntil.get(name) ?? 0) > world.now ? "IN_PROGRESS" : "READY" };
  },
  GetFunctionConfiguration: (world, input) => {
    const version = versionOf(
      world,
      functionOf(world, input),
      String(input["FunctionName"]),
      String(input["Qualifier"]),
    );
    const { role, deadLetterTarget, timeoutSeconds, stateReason } = version;
    const state = stateOf(world, version);
    const reason = state === "Pending" ? PREPARING : stateReason;
    return {
      Role: role,
      Timeout: timeoutSeconds,
      State: state,
      ...(state === "Active" ? {} : { StateReasonCode: reason?.code, StateReason: reason?.text }),
      DeadLetterConfig: deadLetterTarget === undefined ? undefined : { TargetArn: deadLetterTarget },
    };
  },
  ListVersionsByFunction: (world, input) => ({
    Versions: [
      { Version: "$LATEST" },
      ...[...functionOf(world, input).versions].map(([Version, { durable }]) => ({
        Version,
        DurableConfig: durable ? {} : undefined,
      })),
    ],
  }),
  ListAliases: (world, input) => ({
    Aliases: [...functionOf(world, input).aliases].map(([Name, alias]) => ({
      Name,
      FunctionVersion: alias.primary,
      RoutingConfig: { AdditionalVersionWeights: { ...alias.weights } },
    })),
  }),
  ListDurableExecutionsByFunction: (world, input) => {
    const running = functionOf(world, input).executions.get(String(input["Qualifier"])) ?? 0;
    return { DurableExecutions: Array.from({ length: running }, () => ({})) };
  },
  DeleteFunction: (world, input, who) => deleteVersion(world, input, who),
  ListProvisionedConcurrencyConfigs: (world, input) => ({
    ProvisionedConcurrencyConfigs: [...functionOf(world, input).concurrency].map(([version, one]) => ({
      FunctionArn: `${arnOf(world, String(input["FunctionName"]))}:${version}`,
      ...describeConcurrency(world, one),
    })),
  }),
  PutProvisionedConcurrencyConfig: (world, input, who) => putConcurrency(world, input, who),
  DeleteProvisionedConcurrencyConfig: (world, input, who) => {
    const name = String(input["FunctionName"]);
    const version = String(input["Qualifier"]);
    const fn = functionOf(world, input);
    versionOf(world, fn, name, version);
    if (fn.concurrency.delete(version)) world.changed({ kind: "concurrency", who, name, version, amount: 0 });
    return {};
  },
};

const PREPARING = { code: "Creating", text: "The function is being created." };

/** What a version's state is now. */
export function stateOf(world: World, { state, pendingUntil }: SimVersion): string {
  return pendingUntil !== undefined && pendingUntil > world.now ? "Pending" : state;
}

/** Whether the version's provisioned concurrency is there. */
export function isProvisioned(world: World, fn: SimFunction, version: string): boolean {
  const one = fn.concurrency.get(version);
  return one !== undefined && statusOf(world, one) === "READY";
}

/** An invocation that names a version. Lambda refuses those of versions that are not Active, and wakes Inactive ones. */
export function invokeVersion(world: World, input: Input): unknown {
  const name = String(input["FunctionName"]);
  const version = versionOf(world, functionOf(world, input), name, String(input["Qualifier"]));
  const state = stateOf(world, version);
  if (state === "Active") return { Payload: new TextEncoder().encode("null") };
  if (state === "Inactive") {
    version.pendingUntil = world.now + world.wakeMs;
    version.state = world.wakes;
    throw new SimError(
      "ResourceNotReadyException",
      "The function is inactive and its VPC connection is no longer available. Wait for the VPC connection to reestablish and try again.",
      502,
    );
  }
  throw new SimError(
    "ResourceConflictException",
    `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
    409,
  );
}

function putConcurrency(world: World, input: Input, who: string): unknown {
  const name = String(input["FunctionName"]);
  const version = String(input["Qualifier"]);
  const requested = Number(input["ProvisionedConcurrentExecutions"]);
  const fn = functionOf(world, input);
  const state = stateOf(world, versionOf(world, fn, name, version));
  if (state !== "Active") {
    throw new SimError(
      "ResourceConflictException",
      `The operation cannot be performed at this time. The function is currently in the following state: ${state}`,
      409,
    );
  }
  const others = [...fn.concurrency].filter(([one]) => one !== version);
  const total = others.reduce((sum, [, one]) => sum + one.requested, requested);
  if (total > world.concurrencyLimit) {
    throw new SimError(
      "InvalidParameterValueException",
      "Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function",
      400,
    );
  }
  const known = fn.concurrency.get(version);
  if (known?.requested !== requested || known.failure !== undefined) world.setConcurrency(name, version, requested);
  world.changed({ kind: "concurrency", who, name, version, amount: requested });
  return describeConcurrency(world, fn.concurrency.get(version)!);
}

function statusOf(world: World, { readyAt, failure }: SimConcurrency): "READY" | "IN_PROGRESS" | "FAILED" {
  if (readyAt > world.now) return "IN_PROGRESS";
  return failure === undefined ? "READY" : "FAILED";
}

function describeConcurrency(world: World, one: SimConcurrency): object {
  const Status = statusOf(world, one);
  const available = Status === "READY" ? one.requested : 0;
  return {
    RequestedProvisionedConcurrentExecutions: one.requested,
    AllocatedProvisionedConcurrentExecutions: available,
    AvailableProvisionedConcurrentExecutions: available,
    Status,
    ...(Status === "FAILED" ? { StatusReason: one.failure } : {}),
  };
}

function updateAlias(world: World, input: Input, who: string): unknown {
  const name = String(input["FunctionName"]);
  const weights = (input["RoutingConfig"] as { AdditionalVersionWeights?: Record<string, number> } | undefined)
    ?.AdditionalVersionWeights;
  for (const [version, weight] of Object.entries(weights ?? {})) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new SimError(
        "ValidationException",
        `1 validation error detected: Value '{${version}=${showFloat(weight)}}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]`,
        400,
      );
    }
  }
  const { fn, alias } = find(world, input);
  const revision = input["RevisionId"] as string | undefined;
  if (revision !== undefined && revision !== alias.revision)
    throw new SimError("PreconditionFailedException", REVISION_TEXT, 412);
  const primary = (input["FunctionVersion"] as string | undefined) ?? alias.primary;
  const next = weights ?? alias.weights;
  refuseRouting(world, fn, name, String(input["Name"]), primary, next);
  const before = { ...alias };
  alias.primary = primary;
  alias.weights = { ...next };
  alias.description = (input["Description"] as string | undefined) ?? alias.description;
  alias.revision = world.newRevision();
  fn.routing.push({ at: world.now, primary, weights: { ...next } });
  if (world.transientWeights) {
    fn.provisioned.add(String(input["Name"]));
    world.transientUntil.set(`${name}:${String(input["Name"])}`, world.now + 60_000);
  }
  world.changed({ kind: "alias", who, name, before, after: { ...alias }, guarded: revision !== undefined });
  return { RevisionId: alias.revision };
}

/** As Java writes it: `2.0`. */
function showFloat(weight: number): string {
  return Number.isInteger(weight) ? weight.toFixed(1) : String(weight);
}

function refuseRouting(
  world: World,
  fn: SimFunction,
  name: string,
  aliasName: string,
  primary: string,
  weights: Record<string, number>,
): void {
  const additional = Object.keys(weights);
  const invalid = (text: string) => new SimError("InvalidParameterValueException", text, 400);
  if (additional.length > 1) throw invalid("Number of items in AdditionalVersionWeights cannot be greater than 1");
  if (additional.length === 1 && primary === "$LATEST")
    throw invalid("$LATEST is not supported for an alias pointing to more than 1 version");
  if (additional.includes(primary)) {
    throw invalid(
      `Invalid function version ${primary}. Function version ${primary} is already included in routing configuration.`,
    );
  }
  const one = versionOf(world, fn, name, primary);
  for (const version of [primary, ...additional]) {
    if (stateOf(world, versionOf(world, fn, name, version)) !== "Failed") continue;
    throw new SimError(
      "ResourceConflictException",
      "The operation cannot be performed at this time. The function is currently in the following state: Failed",
      409,
    );
  }
  for (const version of additional) {
    const other = versionOf(world, fn, name, version);
    if (other.role !== one.role) throw invalid("Specified versions must be associated with the same execution role");
    if (other.deadLetterTarget !== one.deadLetterTarget)
      throw invalid("Specified versions must be associated with the same dead letter config");
    if (fn.provisioned.has(aliasName) && !world.transientWeights)
      throw invalid("Alias with weights can not be used with Provisioned Concurrency");
  }
}

function deleteVersion(world: World, input: Input, who: string): unknown {
  const name = String(input["FunctionName"]);
  const version = String(input["Qualifier"]);
  const fn = functionOf(world, input);
  const users = [...fn.aliases]
    .filter(([, alias]) => alias.primary === version || version in alias.weights)
    .map(([alias]) => alias);
  if (users.length > 0) {
    throw new SimError(
      "ResourceConflictException",
      `Unable to delete version because the following aliases reference it: [${users.join(", ")}]`,
      409,
    );
  }
  fn.versions.delete(version);
  fn.concurrency.delete(version);
  world.changed({ kind: "version-deleted", who, name, version });
  return {};
}

function find(world: World, input: Input): { fn: SimFunction; alias: SimAlias } {
  const fn = functionOf(world, input);
  const alias = fn.aliases.get(String(input["Name"]));
  if (alias === undefined) {
    throw new SimError(
      "ResourceNotFoundException",
      `Cannot find alias arn: ${arnOf(world, String(input["FunctionName"]))}:${String(input["Name"])}`,
      404,
    );
  }
  return { fn, alias };
}

function functionOf(world: World, input: Input): SimFunction {
  const name = String(input["FunctionName"]);
  const fn = world.functions.get(name);
  if (fn === undefined)
    throw new SimError("ResourceNotFoundException", `Function not found: ${arnOf(world, name)}`, 404);
  return fn;
}

function versionOf(world: World, fn: SimFunction, name: string, version: string): SimVersion {
  const found = fn.versions.get(version);
  if (found === undefined)
    throw new SimError("ResourceNotFoundException", `Function not found: ${arnOf(world, name)}:${version}`, 404);
  return found;
}

function arnOf(world: World, name: string): string {
  return `arn:aws:lambda:us-east-1:${world.account}:function:${name}`;
}

/** Weights that the service injects while it moves provisioned concurrency. */
function twist(alias: SimAlias, fn: SimFunction): Record<string, number> {
  const [other] = [...fn.versions.keys()].filter((version) => version !== alias.primary).slice(-1);
  return other === undefined ? alias.weights : { [other]: 0.37 };
}
