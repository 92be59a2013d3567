import { GetAliasCommand } from "@aws-sdk/client-lambda";
import { DescribeStateMachineAliasCommand } from "@aws-sdk/client-sfn";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import type { Aws } from "../aws/aws.ts";
import { hasRemoteCode, remoteError } from "../aws/remote-error.ts";
import { ControlPlane } from "../release/engine.ts";
import { mapConcurrently } from "../util/map-concurrently.ts";

const READS_AT_ONCE = 8;

/** A member's state at the endpoint before the deploy. */
export interface LiveMember {
  readonly member: ReleaseMember;
  /** The function's name, or the state machine's ARN. */
  readonly name: string;
  /** The alias's primary version: all traffic, or most of it while a canary runs. */
  readonly version: string;
  /** The second version and its share, while one is there. */
  readonly additional?: { readonly version: string; readonly weight: number };
}

/** Reads the alias of every member that has one. A member that is new is left out. */
export async function readLiveMembers(
  aws: Aws,
  members: readonly ReleaseMember[],
  physicalIds: ReadonlyMap<string, string>,
): Promise<LiveMember[]> {
  const found = await mapConcurrently(members, READS_AT_ONCE, async (member) => {
    const name = physicalIds.get(member.resource);
    if (name === undefined || !physicalIds.has(member.alias)) return undefined;
    return readLiveMember(aws, member, name);
  });
  return found.filter((live) => live !== undefined);
}

async function readLiveMember(aws: Aws, member: ReleaseMember, name: string): Promise<LiveMember | undefined> {
  try {
    const served = await READERS[member.kind](aws, name, member.aliasName);
    return { member, name, ...served };
  } catch (error) {
    if (hasRemoteCode(error, "ResourceNotFoundException", "ResourceNotFound")) return undefined;
    throw remoteError(
      "AliasUnreadable",
      `The alias ${member.aliasName} of ${name} (${member.path}) cannot be read`,
      error,
    );
  }
}

type Served = Pick<LiveMember, "version" | "additional">;

const READERS: Readonly<Record<ReleaseMember["kind"], (aws: Aws, name: string, alias: string) => Promise<Served>>> = {
  async function(aws, FunctionName, Name) {
    const lambda = await ControlPlane.of(aws).client();
    const { FunctionVersion, RoutingConfig } = await lambda.send(new GetAliasCommand({ FunctionName, Name }));
    const [extra] = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
    return { version: FunctionVersion!, additional: extra && { version: extra[0], weight: extra[1] } };
  },
  async "state-machine"(aws, arn, alias) {
    const sfn = await aws.client("sfn");
    const stateMachineAliasArn = `${arn}:${alias}`;
    const { routingConfiguration = [] } = await sfn.send(
      new DescribeStateMachineAliasCommand({ stateMachineAliasArn }),
    );
    const [most, extra] = routingConfiguration.toSorted((a, b) => b.weight! - a.weight!);
    const additional = extra &&
      extra.weight! > 0 && { version: extra.stateMachineVersionArn!, weight: extra.weight! / 100 };
    return { version: most!.stateMachineVersionArn!, additional: additional || undefined };
  },
};

/** What a member's alias calls a version: a function's number, a state machine's version ARN; by its physical id. */
export function versionOf({ kind }: Pick<ReleaseMember, "kind">, physicalId: string): string {
  return kind === "function" ? physicalId.slice(physicalId.lastIndexOf(":") + 1) : physicalId;
}
