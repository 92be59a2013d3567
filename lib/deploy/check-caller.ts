import { UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import type { DesiredStack } from "./app-stacks.ts";
import { checkBootstrap } from "./check-bootstrap.ts";
import { type CallerLacks, findCallerLacks } from "./permissions/caller-lacks.ts";
import { isDenied, type MissingPermission } from "./permissions/check-permissions.ts";
import { neededGrants } from "./permissions/needed-permissions.ts";
import { filled, type PermittedStack } from "./permissions/permitted-app.ts";
import type { AllowStatement } from "./permissions/policy.ts";
import { readPhysicalIds } from "./stack-state.ts";
import { assumeRole, type Target } from "./target.ts";

/** Where a deploy goes, and who reads what is said. */
interface Caller {
  readonly target: Target;
  readonly host: IoHost;
}

/**
 * Checks, before anything is written, that the account has the bootstrap and that the caller has the permissions that every
 * deploy of the app depends on. Where IAM does not tell it about its own permissions, that is reported and passed over.
 */
export async function checkCaller(desired: readonly DesiredStack[], caller: Caller): Promise<void> {
  const [bootstrap, permissions] = await Promise.allSettled([
    checkBootstrap(desired),
    checkOwnPermissions(desired, caller),
  ]);
  // Where it may not read the bootstrap's version, what it lacks says more.
  const isUnread = bootstrap.status === "rejected" && isDenied(bootstrap.reason);
  const found = isUnread ? [permissions, bootstrap] : [bootstrap, permissions];
  for (const one of found) if (one.status === "rejected") throw one.reason;
}

async function checkOwnPermissions(desired: readonly DesiredStack[], { target, host }: Caller): Promise<void> {
  let lacks: CallerLacks;
  const closed: string[] = [];
  try {
    const stacks = await Promise.all(desired.map((one) => permittedStack(one, closed)));
    lacks = await findCallerLacks(target, stacks, async ({ stackName, region }) =>
      namesOf(await readPhysicalIds(await target.aws.inRegion(region).client("cloudformation"), stackName)),
    );
  } catch (error) {
    const reason = isDenied(error) ? "it may not call iam:SimulatePrincipalPolicy on itself" : messageOf(error);
    const text = `The permissions of ${target.callerArn} were not checked: ${reason}.`;
    return host.notify({ code: "PermissionsUnchecked", level: "info", text });
  }
  const withRoles = desired.map((one) => ({ ...placeOf(one), stack: one.stack }));
  const needed = neededGrants(withRoles, "caller", target.stage);
  const own = new Set(needed.flatMap(({ action, resources }) => resources.map((resource) => `${action} ${resource}`)));
  refuseLacks(lacks, closed.toSorted(), own);
  if (lacks.other.length === 0) return;
  const text = `${lacks.identity} may lack permissions that some deploys need: ${actionsOf(lacks.other)}. \`tidegate permissions --check\` lists them.`;
  host.notify({ code: "PermissionsIncomplete", level: "warn", text, data: lacks.other });
}

/** Where a role of the bootstrap cannot be assumed, the caller makes that role's calls itself. */
async function permittedStack(desired: DesiredStack, closed: string[]): Promise<PermittedStack> {
  const { stack, target } = desired;
  const at = placeOf(desired);
  const tryRole = async (roleArn: string | undefined): Promise<string | undefined> => {
    if (roleArn === undefined || (await assumeRole(target, roleArn)) !== target.aws) return roleArn;
    const name = filled(roleArn, { ...at, stack });
    if (!closed.includes(name)) closed.push(name);
    return undefined;
  };
  const assets = stack.assets.map(async (asset) => ({
    ...asset,
    destinations: await Promise.all(
      asset.destinations.map(async (one) => ({ ...one, assumeRoleArn: await tryRole(one.assumeRoleArn) })),
    ),
  }));
  const [assumeRoleArn, tried] = await Promise.all([tryRole(stack.assumeRoleArn), Promise.all(assets)]);
  return { ...at, stack: { ...stack, assumeRoleArn, assets: tried } };
}

function placeOf({ stack, target, desired: { template }, release }: DesiredStack): Omit<PermittedStack, "stack"> {
  const { account, region, partition } = target;
  return { account, region, partition, stackName: stack.stackName, template, release };
}

function refuseLacks(
  { identity, vital, statements }: CallerLacks,
  closed: readonly string[],
  own: ReadonlySet<string>,
): void {
  if (vital.length === 0) return;
  const denied = ({ decision }: MissingPermission) => (decision === "explicitDeny" ? " (denied by a policy)" : "");
  const byAction = Map.groupBy(vital, (one) => `${one.action}${denied(one)}`);
  const count = byAction.size === 1 ? "a permission" : `${byAction.size} permissions`;
  const list = [...byAction].map(([action, ones]) => `\n  ${action} on ${ones.map((one) => one.resource).join(", ")}`);
  const roles =
    closed.length === 0 ? "" : `\n  It cannot assume ${closed.join(", ")}, which would make such calls for it.`;
  const message = `${identity} lacks ${count} that this deploy needs:${list.join("")}${roles}`;
  const added = JSON.stringify([...assumptionOf(closed), ...ofCaller(statements, own)]);
  const fix = `Nothing was changed. Add to its policies: ${added}. \`tidegate permissions\` prints the whole policy.`;
  throw new UserError("PermissionsMissing", message, { fix });
}

/** To assume the roles is enough: what they may do themselves need not be added. */
function assumptionOf(closed: readonly string[]): AllowStatement[] {
  return closed.length === 0 ? [] : [{ Effect: "Allow", Action: ["sts:AssumeRole"], Resource: closed }];
}

function ofCaller(statements: readonly AllowStatement[], own: ReadonlySet<string>): AllowStatement[] {
  return statements
    .map((one) => {
      const isOwn = (resource: string) => one.Action.some((action) => own.has(`${action} ${resource}`));
      return { ...one, Resource: one.Resource.filter(isOwn) };
    })
    .filter(({ Resource }) => Resource.length > 0);
}

function actionsOf(missing: readonly MissingPermission[]): string {
  return [...new Set(missing.map(({ action }) => action))].toSorted().join(", ");
}

/** Physical ids are names, ARNs or URLs, by the type. */
function namesOf(physicalIds: ReadonlyMap<string, string>): Map<string, string> {
  const nameIn = (id: string) => (/^(arn:|https?:)/.test(id) ? id.split(/[:/]/).at(-1) : id) ?? id;
  return new Map([...physicalIds].map(([logicalId, id]) => [logicalId, nameIn(id)]));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
