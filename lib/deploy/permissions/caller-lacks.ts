import type { Target } from "../target.ts";
import { checkPermissions, type MissingPermission } from "./check-permissions.ts";
import { neededGrants } from "./needed-permissions.ts";
import type { PermittedStack } from "./permitted-app.ts";
import { type AllowStatement, type Grant, policyOf } from "./policy.ts";

/** What the caller's policies lack for a deploy. */
export interface CallerLacks {
  readonly identity: string;
  /** What every deploy of the app depends on. */
  readonly vital: readonly MissingPermission[];
  /** What only some deploys depend on, and what cannot be known for certain. */
  readonly other: readonly MissingPermission[];
  /** The statements that would allow what is vital. */
  readonly statements: readonly AllowStatement[];
}

/**
 * Compares what a deploy needs with the caller's policies. A policy may name resources more narrowly than the patterns of
 * their names: where something is missing, it is looked at again with the names that the resources have.
 */
export async function findCallerLacks(
  target: Target,
  stacks: readonly PermittedStack[],
  readNames: (stack: PermittedStack) => Promise<ReadonlyMap<string, string>>,
): Promise<CallerLacks> {
  const grants = grantsOf(stacks, target);
  const first = await checkPermissions(target, policyOf(grants));
  const { identity } = first;
  if (first.missing.length === 0) return { identity, vital: [], other: [], statements: [] };
  const suspects = new Set(first.missing.map(({ action }) => action));
  const isSuspect = ({ action }: Grant) => suspects.has(action);
  const named = await Promise.all(
    stacks.map(async (stack) => ({ ...stack, physicalNames: await readNames(stack).catch(() => new Map()) })),
  );
  const exact = grantsOf(named, target).filter(isSuspect);
  const { missing } = await checkPermissions(target, policyOf(exact));
  const certain = withoutCovered(missing, exact);
  const vitalKeys = new Set(exact.filter(({ isVital }) => isVital).flatMap(keysOf));
  const isVital = (one: MissingPermission) =>
    one.isUncertain !== true && vitalKeys.has(keyOf(one.action, one.resource));
  const vital = certain.filter(isVital);
  const refused = new Set(vital.map(({ action }) => action));
  const [looked, lacking] = [
    new Set(exact.flatMap(keysOf)),
    new Set(missing.map((one) => keyOf(one.action, one.resource))),
  ];
  const isAllowed = (key: string) => looked.has(key) && !lacking.has(key);
  const asked = grants
    .filter((grant) => grant.isVital === true && refused.has(grant.action))
    .map((one) => ({ ...one, resources: one.resources.filter((resource) => !isAllowed(keyOf(one.action, resource))) }));
  return { identity, vital, other: certain.filter((one) => !isVital(one)), statements: policyOf(asked).Statement };
}

/** Whether a role can be assumed is tried: its own trust policy may be enough. */
function grantsOf(stacks: readonly PermittedStack[], { stage }: Target): Grant[] {
  return neededGrants(stacks, "caller", stage).filter(({ action }) => action !== "sts:AssumeRole");
}

/** Versions and aliases are named beside what they belong to, and a call is about one of the two: either is enough. */
function withoutCovered(missing: readonly MissingPermission[], grants: readonly Grant[]): MissingPermission[] {
  const known = new Set(missing.map(({ action, resource }) => keyOf(action, resource)));
  const base = (resource: string) => resource.replace(/:\*$/, "");
  const allowed = new Set(
    grants
      .flatMap(keysOf)
      .filter((key) => !known.has(key))
      .map(base),
  );
  return missing.filter(({ action, resource }) => {
    const own = base(keyOf(action, resource));
    return !allowed.has(own) && (own === keyOf(action, resource) || !known.has(own));
  });
}

function keysOf({ action, resources }: Grant): string[] {
  return resources.map((resource) => keyOf(action, resource));
}

function keyOf(action: string, resource: string): string {
  return `${action} ${resource}`;
}
