import type { Output, Input } from "../../kit/operation-types.ts";
import type { Checked } from "../../kit/checked.ts";
import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import type { Tag } from "@aws-sdk/client-sts";
import { AwsError, isAwsError } from "../../aws-error.ts";
import type { Cloud, RequestContext } from "../../service.ts";
import type { Identities } from "../../policy/identities.ts";
import { requireCaller } from "./caller-identity.ts";
import { packedPercent } from "./packed-size.ts";
import type { Session } from "./session-book.ts";
import type { SessionIssuer } from "./session-issuer.ts";
import { sessionPolicies } from "./session-policies.ts";
import { validateDuration } from "./validate-duration.ts";

const DEFAULT_SECONDS = 3600;

const CHAINED_SECONDS = 3600;

interface RoleIssuer extends SessionIssuer {
  readonly cloud: Cloud;
}

/** Credentials for a role of this account. Its trust policy was evaluated before: see `server/authorise.ts`. */
export async function assumeRole(
  { cloud, sessions, identities }: RoleIssuer,
  input: Input<"sts", "AssumeRole">,
  context: RequestContext,
): Promise<Output<"sts", "AssumeRole">> {
  const { RoleArn: roleArn, RoleSessionName: sessionName } = input;
  validateSessionName(sessionName);
  const { account, name } = readRoleArn(roleArn);
  validateTags(input.Tags ?? [], input.TransitiveTagKeys ?? []);
  const seconds = validateDuration(input.DurationSeconds ?? DEFAULT_SECONDS, { maximum: 43_200 });
  const role = account === context.account ? await tryGetRole(cloud, name, context) : undefined;
  if (role === undefined) {
    throw new AwsError(
      "AccessDenied",
      `User: ${callerName(identities, context)} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      { statusCode: 403 },
    );
  }
  limitDuration(seconds, role.MaxSessionDuration ?? DEFAULT_SECONDS, identities, context);
  const userId = `${role.RoleId}:${sessionName}`;
  const arn = `arn:aws:sts::${account}:assumed-role/${role.RoleName}/${sessionName}`;
  return {
    Credentials: sessions.issue({ userId, arn, ...settingsOf(input), ...sessionPolicies(identities, input) }, seconds),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    ...(input.Policy === undefined && input.Tags === undefined ? {} : { PackedPolicySize: packedPercent(input) }),
    ...(input.SourceIdentity === undefined ? {} : { SourceIdentity: input.SourceIdentity }),
  };
}

function settingsOf({ Tags, SourceIdentity }: Input<"sts", "AssumeRole">): Pick<Session, "tags" | "sourceIdentity"> {
  return {
    ...(Tags !== undefined && { tags: Tags }),
    ...(SourceIdentity !== undefined && { sourceIdentity: SourceIdentity }),
  };
}

/** AWS's services name themselves; outside callers sign. */
function callerName(identities: Identities, context: RequestContext): string {
  return context.accessKeyId === undefined ? "anonymous" : requireCaller(identities, context).arn;
}

/** A role's own limit, and the hour that a session of another role gets. Services of AWS renew theirs by themselves. */
function limitDuration(seconds: number, longest: number, identities: Identities, context: RequestContext): void {
  if (context.http === undefined || context.accessKeyId === undefined) return;
  const isChained = requireCaller(identities, context).arn.includes(":assumed-role/");
  if (isChained && seconds > CHAINED_SECONDS) {
    throw new AwsError(
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining",
    );
  }
  if (seconds > longest) {
    throw new AwsError(
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
}

function validateSessionName(name: string): void {
  if (/^[\w+=,.@-]*$/.test(name)) return;
  throw new AwsError(
    "ValidationError",
    constraintText(
      constraintProblem(name, "roleSessionName", "Member must satisfy regular expression pattern: [\\w+=,.@-]*"),
    ),
  );
}

function readRoleArn(arn: string): { account: string; name: string } {
  const [, account, path] = /^arn:[\w-]+:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? [];
  if (account === undefined || path === undefined) throw new AwsError("ValidationError", `${arn} is invalid`);
  return { account, name: path.split("/").at(-1)! };
}

function validateTags(tags: readonly Checked<Tag>[], transitiveKeys: readonly string[]): void {
  const keys = new Set(tags.map(({ Key }) => Key?.toLowerCase()));
  if (keys.size < tags.length) {
    throw new AwsError(
      "InvalidParameterValue",
      "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
    );
  }
  if (transitiveKeys.some((key) => !keys.has(key.toLowerCase()))) {
    throw new AwsError(
      "InvalidParameterValue",
      "The specified transitive tag key must be included in the requested tags.",
    );
  }
}

async function tryGetRole(cloud: Cloud, name: string, context: RequestContext) {
  try {
    const { Role } = await cloud.call("iam", "GetRole", { RoleName: name }, { region: context.region });
    return Role;
  } catch (error) {
    if (isAwsError(error, "NoSuchEntityException", "NoSuchEntity")) return undefined;
    throw error;
  }
}
