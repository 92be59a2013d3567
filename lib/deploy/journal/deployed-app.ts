import { DescribeStacksCommand, type Stack } from "@aws-sdk/client-cloudformation";
import type { AssemblyStack, Template } from "../../assembly/assembly.ts";
import { parseTemplate, releaseMetadataOf } from "../../assembly/read-template.ts";
import type { ReleaseMetadata } from "../../assembly/release-metadata.ts";
import type { KnownAlias } from "../../release/engine.ts";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import { readDeployedTemplate, readPhysicalIds } from "../stack-state.ts";
import { stackClients } from "../stack-clients.ts";
import { type Target, targetOfStack } from "../target.ts";

const READS_AT_ONCE = 8;

/** A stack with a part in an app's release, as it is deployed. */
export interface DeployedStack {
  readonly stackName: string;
  readonly target: Target;
  readonly template: Template;
  readonly release: ReleaseMetadata;
}

/** Where the stack is, and who may read its template. */
type Place = Pick<AssemblyStack, "stackName" | "assumeRoleArn"> & { readonly target: Target };

/** The stacks of an app that are deployed, by those of an assembly. */
export function readDeployedStacks(
  target: Target,
  app: string,
  stacks: readonly AssemblyStack[],
): Promise<DeployedStack[]> {
  const places = stacks.map((stack): Place => {
    const { stackName, assumeRoleArn } = stack;
    return {
      stackName,
      target: targetOfStack(target, stack),
      ...(assumeRoleArn === undefined ? {} : { assumeRoleArn }),
    };
  });
  return readStacks(places, app);
}

/**
 * The stacks of an app that are deployed, with no assembly at hand: all stacks of the region are listed, and the templates
 * of those are read that have a pin of ours. Read with the caller's own credentials.
 */
export async function findDeployedStacks(target: Target, app: string): Promise<DeployedStack[]> {
  const client = await target.aws.client("cloudformation");
  const places: Place[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStacksCommand({ NextToken }));
    const found = (page.Stacks ?? []).filter(mayHoldMembers);
    places.push(...found.map(({ StackName = "" }) => ({ stackName: StackName, target })));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  // Two stages may share an account: what was synthesized for another one is not this one's.
  return (await readStacks(places, app)).filter(({ release: { stage = target.stage } }) => stage === target.stage);
}

/** Pins are parameters of these names: `lib/constructs/pinned-version.ts` makes them. */
function mayHoldMembers({ ParentId, Parameters = [] }: Stack): boolean {
  return ParentId === undefined && Parameters.some(({ ParameterKey }) => ParameterKey?.startsWith("LiveVersion"));
}

async function readStacks(places: readonly Place[], app: string): Promise<DeployedStack[]> {
  const found = await mapConcurrently(places, READS_AT_ONCE, async (place): Promise<DeployedStack[]> => {
    const { stackName, target } = place;
    const { deployRole } = await stackClients(target, place);
    const text = await readDeployedTemplate(deployRole, stackName);
    // A template that another tool deployed may be YAML: no member of ours is in it.
    if (text === undefined || !text.trimStart().startsWith("{")) return [];
    const template = parseTemplate(text, stackName);
    const release = releaseMetadataOf(template);
    if (release?.app !== app) return [];
    return [{ stackName, target, template, release }];
  });
  return found.flat();
}

/** The aliases that deployed stacks hold. */
export async function readKnownAliases(stacks: readonly DeployedStack[]): Promise<KnownAlias[]> {
  const found = await mapConcurrently(stacks, READS_AT_ONCE, async ({ stackName, target, release }) => {
    const { caller } = await stackClients(target, {});
    const ids = await readPhysicalIds(caller, stackName);
    return release.members.flatMap(({ path, kind, resource, alias, aliasName, calls }): KnownAlias[] => {
      const name = ids.get(resource);
      if (name === undefined || !ids.has(alias)) return [];
      return [{ path, calls, target: { kind, name, alias: aliasName, region: target.region } }];
    });
  });
  return found.flat();
}
