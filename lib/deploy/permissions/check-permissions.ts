import {
  type ContextEntry,
  type EvaluationResult,
  GetRoleCommand,
  type IAMClient,
  SimulatePrincipalPolicyCommand,
} from "@aws-sdk/client-iam";
import { hasRemoteCode } from "../../aws/remote-error.ts";
import { UserError } from "../../errors.ts";
import type { Target } from "../target.ts";
import type { AllowPolicy, AllowStatement } from "./policy.ts";

/** What the policies of an identity lack. */
export interface PermissionCheck {
  /** The user or role whose policies were evaluated, or the account's root, which may do everything. */
  readonly identity: string;
  readonly missing: readonly MissingPermission[];
}

/** One action that is not allowed, and on what. */
export interface MissingPermission {
  readonly action: string;
  readonly resource: string;
  /** `explicitDeny`: a policy denies it, and an Allow does not help. */
  readonly decision: "implicitDeny" | "explicitDeny";
  /** The decision may be another one at the real call: it depends on conditions that only that call can meet. */
  readonly isUncertain?: true;
}

/**
 * Has IAM evaluate the caller's policies, boundary and organization policies for each statement of a policy. Nothing is
 * touched. Throws a `UserError` where IAM has no policies to evaluate for the caller.
 */
export async function checkPermissions(target: Target, policy: AllowPolicy): Promise<PermissionCheck> {
  const { callerArn } = target;
  if (callerArn.endsWith(":root")) return { identity: callerArn, missing: [] };
  const iam = await target.aws.client("iam");
  const identity = await identityOf(iam, target);
  const missing = await Promise.all(policy.Statement.map((statement) => missingOf(iam, identity, statement, target)));
  return { identity, missing: missing.flat() };
}

/** A session's policies are those of its role. Its ARN leaves out the role's path, which only IAM knows. */
async function identityOf(iam: IAMClient, { callerArn, partition, account }: Target): Promise<string> {
  if (callerArn.includes(":user/")) return callerArn;
  const RoleName = /:assumed-role\/([^/]+)\//.exec(callerArn)?.[1];
  if (RoleName === undefined)
    throw new UserError("IdentityNotSimulated", `IAM cannot evaluate the policies of ${callerArn}`, {
      fix: "Use the credentials of a user or a role.",
    });
  try {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    return Role?.Arn ?? `arn:${partition}:iam::${account}:role/${RoleName}`;
  } catch (error) {
    if (isDenied(error)) return `arn:${partition}:iam::${account}:role/${RoleName}`;
    throw error;
  }
}

async function missingOf(
  iam: IAMClient,
  PolicySourceArn: string,
  { Action, Resource, Condition }: AllowStatement,
  { region }: Target,
): Promise<MissingPermission[]> {
  const missing: MissingPermission[] = [];
  let Marker: string | undefined;
  do {
    const answer = await iam.send(
      new SimulatePrincipalPolicyCommand({
        PolicySourceArn,
        ActionNames: [...Action],
        ResourceArns: [...Resource],
        ContextEntries: contextOf(Condition, region),
        Marker,
      }),
    );
    missing.push(...(answer.EvaluationResults ?? []).flatMap(missingIn));
    Marker = answer.IsTruncated === true ? answer.Marker : undefined;
  } while (Marker !== undefined);
  return missing;
}

function missingIn(result: EvaluationResult): MissingPermission[] {
  const { EvalActionName: action = "", EvalResourceName: resource = "*", EvalDecision } = result;
  if (EvalDecision === "allowed") return [];
  const decision = EvalDecision === "explicitDeny" ? "explicitDeny" : "implicitDeny";
  // Conditions of organization policies are not listed among the missing values.
  const isByOrganization = result.OrganizationsDecisionDetail?.AllowedByOrganizations === false;
  const isUncertain = isByOrganization || (result.MissingContextValues ?? []).length > 0;
  return [{ action, resource, decision, ...(isUncertain && { isUncertain }) }];
}

/** The request offers what the statement requires, and what every call has. */
function contextOf(condition: AllowStatement["Condition"], region: string): ContextEntry[] {
  const common = { "aws:RequestedRegion": region };
  return [common, ...Object.values(condition ?? {})]
    .flatMap((keys) => Object.entries(keys))
    .map(([ContextKeyName, value]) => ({
      ContextKeyName,
      ContextKeyValues: [value],
      ContextKeyType: "string" as const,
    }));
}

/** Whether the caller may not even make the check. */
export function isDenied(error: unknown): boolean {
  return hasRemoteCode(error, "AccessDenied", "AccessDeniedException");
}
