import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import type { AssemblyStack } from "../assembly/assembly.ts";
import type { Aws } from "../aws/aws.ts";
import { hasRemoteCode, remoteError } from "../aws/remote-error.ts";
import { UserError } from "../errors.ts";
import type { Pause } from "../util/poll.ts";

/** Where a stage is deployed, and as whom. */
export interface Target {
  /** The name of the stage, for example `local` or `prod`. */
  readonly stage: string;
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** The caller's ARN. */
  readonly callerArn: string;
  readonly aws: Aws;
  /** How a deploy waits between two looks at a stack. @default - the machine's own timers */
  readonly pause?: Pause;
  /** Notified of a call that fails and is retried, with the time at which that ends. */
  readonly onTrouble?: (error: Error, untilMs: number) => void;
}

/** Finds the caller's identity, which everything later needs for the account and the partition. */
export async function identifyTarget(aws: Aws, stage: string, region: string): Promise<Target> {
  const sts = await aws.client("sts");
  try {
    const { Account, Arn } = await sts.send(new GetCallerIdentityCommand({}));
    return { stage, account: Account!, region, partition: Arn!.split(":")[1]!, callerArn: Arn!, aws };
  } catch (cause) {
    throw remoteError(
      "IdentityUnknown",
      `${aws.options.endpoint ?? "AWS"} did not say who we are for the stage ${stage}`,
      cause,
      "Check the credentials with `aws sts get-caller-identity`, and the stage's profile and region in cdk.json.",
    );
  }
}

/** Fills the CDK's placeholders: `${AWS::AccountId}`, `${AWS::Region}`, `${AWS::Partition}`. */
export function fillPlaceholders(text: string, target: Pick<Target, "account" | "region" | "partition">): string {
  return text
    .replaceAll("${AWS::AccountId}", target.account)
    .replaceAll("${AWS::Region}", target.region)
    .replaceAll("${AWS::Partition}", target.partition);
}

/** The target of one stack, which may be bound to a region of its own. Refuses another account's stack. */
export function targetOfStack(target: Target, stack: AssemblyStack): Target {
  if (stack.account !== "unknown-account" && stack.account !== target.account) {
    throw new UserError(
      "AccountMismatch",
      `The stack ${stack.displayName} is bound to the account ${stack.account}, but the credentials of the stage ${target.stage} are of account ${target.account} (${target.callerArn})`,
      { fix: "Use credentials of that account, or name them as the stage's profile in cdk.json." },
    );
  }
  const region = stack.region === "unknown-region" ? target.region : stack.region;
  return region === target.region ? target : { ...target, region, aws: target.aws.inRegion(region) };
}

const SESSION_SECONDS = 3600;
const assumed = new WeakMap<Aws, Map<string, Promise<Aws>>>();

/**
 * The connection of a role of the CDK's bootstrap, or the caller's own where the role may not be taken: as the CDK CLI
 * does it. Sessions are shared by role for the life of the connection.
 */
export function assumeRole(target: Target, roleArn: string | undefined): Promise<Aws> {
  if (roleArn === undefined) return Promise.resolve(target.aws);
  const filled = fillPlaceholders(roleArn, target);
  const sessions = assumed.get(target.aws) ?? new Map<string, Promise<Aws>>();
  assumed.set(target.aws, sessions);
  const known = sessions.get(filled) ?? openSession(target.aws, filled);
  sessions.set(filled, known);
  return known;
}

async function openSession(aws: Aws, roleArn: string): Promise<Aws> {
  const session = () => tryAssume(aws, roleArn);
  const first = await session();
  if (first === undefined) return aws;
  let current = first;
  return aws.withCredentials(async () => {
    const remainingMs = (current.expiration?.getTime() ?? Number.POSITIVE_INFINITY) - aws.clock.now();
    if (remainingMs < 5 * 60_000) current = (await session()) ?? current;
    return { ...current, expiration: hostTimeOf(current.expiration, aws) };
  });
}

/** A time of the endpoint by this machine's clock, which the SDK renews credentials by. */
function hostTimeOf(time: Date | undefined, { clock }: Aws): Date | undefined {
  return time && new Date(Date.now() + (time.getTime() - clock.now()) / clock.rate);
}

async function tryAssume(aws: Aws, roleArn: string) {
  const sts = await aws.client("sts");
  try {
    const { Credentials } = await sts.send(
      new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "tidegate-deploy", DurationSeconds: SESSION_SECONDS }),
    );
    return {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
      expiration: Credentials!.Expiration,
    };
  } catch (error) {
    if (hasRemoteCode(error, "AccessDenied", "AccessDeniedException")) return undefined;
    throw error;
  }
}
