import { constraintProblem, constraintText } from "../../kit/constraint-text.ts";
import type { AssumeRoleRequest, AssumeRoleResponse, Tag } from "@aws-sdk/client-sts";
import { AwsError, isAwsError } from "../../aws-error.ts";
import type { Cloud, RequestContext } from "../../service.ts";
import { getCallerIdentity } from "./caller-identity.ts";
import { packedPercent } from "./packed-size.ts";
import type { SessionBook } from "./session-book.ts";
import { validateDuration } from "./validate-duration.ts";

const DEFAULT_SECONDS = 3600;

/** Credentials for a role of this account. The trust policy is not evaluated, the role's existence is. */
export async function assumeRole(
  cloud: Cloud,
  sessions: SessionBook,
  input: AssumeRoleRequest,
  context: RequestContext,
): Promise<AssumeRoleResponse> {
  const { RoleArn: roleArn = "", RoleSessionName: sessionName = "" } = input;
  validateSessionName(sessionName);
  const { account, name } = readRoleArn(roleArn);
  validateTags(input.Tags ?? [], input.TransitiveTagKeys ?? []);
  const seconds = validateDuration(input.DurationSeconds ?? DEFAULT_SECONDS, { maximum: 43_200 });
  const caller = getCallerIdentity(sessions, cloud.clock, context);
  const role = account === context.account ? await tryGetRole(cloud, name, context) : undefined;
  if (role === undefined) {
    throw new AwsError(
      "AccessDenied",
      `User: ${caller.Arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      { statusCode: 403 },
    );
  }
  const userId = `${role.RoleId}:${sessionName}`;
  const arn = `arn:aws:sts::${account}:assumed-role/${role.RoleName}/${sessionName}`;
  return {
    Credentials: sessions.issue({ userId, arn }, seconds),
    AssumedRoleUser: { AssumedRoleId: userId, Arn: arn },
    ...(input.Policy === undefined && input.Tags === undefined ? {} : { PackedPolicySize: packedPercent(input) }),
    ...(input.SourceIdentity === undefined ? {} : { SourceIdentity: input.SourceIdentity }),
  };
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

function validateTags(tags: readonly Tag[], transitiveKeys: readonly string[]): void {
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
    const { Role } = await cloud.call("iam", "GetRole", { RoleName: name }, context);
    return Role;
  } catch (error) {
    if (isAwsError(error, "NoSuchEntityException", "NoSuchEntity")) return undefined;
    throw error;
  }
}
