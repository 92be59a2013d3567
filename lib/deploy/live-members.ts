import { GetAliasCommand, type LambdaClient } from "@aws-sdk/client-lambda";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import { remoteError } from "../aws/remote-error.ts";
import { mapConcurrently } from "../util/map-concurrently.ts";

const READS_AT_ONCE = 8;

/** A member as it stands at the endpoint before anything is done. */
export interface LiveMember {
  readonly member: ReleaseMember;
  readonly functionName: string;
  /** The alias's primary version: all traffic, or most of it while a canary runs. */
  readonly version: string;
  /** The second version and its weight, while one is there. */
  readonly additional?: { readonly version: string; readonly weight: number };
}

/** Reads the alias of every member that has one. A member that is new is left out. */
export async function readLiveMembers(
  lambda: LambdaClient,
  members: readonly ReleaseMember[],
  physicalIds: ReadonlyMap<string, string>,
): Promise<LiveMember[]> {
  const found = await mapConcurrently(members, READS_AT_ONCE, async (member) => {
    const functionName = physicalIds.get(member.resource);
    if (functionName === undefined || !physicalIds.has(member.alias)) return undefined;
    return readLiveMember(lambda, member, functionName);
  });
  return found.filter((live) => live !== undefined);
}

async function readLiveMember(
  lambda: LambdaClient,
  member: ReleaseMember,
  functionName: string,
): Promise<LiveMember | undefined> {
  try {
    const alias = await lambda.send(new GetAliasCommand({ FunctionName: functionName, Name: member.aliasName }));
    const [extra] = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
    return {
      member,
      functionName,
      version: alias.FunctionVersion!,
      additional: extra && { version: extra[0], weight: extra[1] },
    };
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined;
    throw remoteError(
      "AliasUnreadable",
      `The alias ${member.aliasName} of ${functionName} (${member.path}) cannot be read`,
      error,
    );
  }
}

/** The number of a version from its ARN, which is the physical id of an `AWS::Lambda::Version`. */
export function versionOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf(":") + 1);
}
