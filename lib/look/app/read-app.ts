import { ListStackResourcesCommand, type StackResourceSummary } from "@aws-sdk/client-cloudformation";
import type { AssemblyStack } from "../../assembly/assembly.ts";
import { parseTemplate } from "../../assembly/read-template.ts";
import { findDeployedStacks } from "../../deploy/journal/deployed-app.ts";
import { readDeployedTemplate, readStackState } from "../../deploy/stack-state.ts";
import { type Target, targetOfStack } from "../../deploy/target.ts";
import { UserError } from "../../errors.ts";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import type { AppResource, AppStack } from "./app-resource.ts";

const READS_AT_ONCE = 8;
const NESTED_STACK = "AWS::CloudFormation::Stack";
/** What the CDK and Tidegate call the resource inside a construct. */
const INNER_ID = /\/(?:Resource|Default)$/;

/** Which app is looked at. */
export interface AppQuery {
  readonly target: Target;
  /** The stacks of the last assembly. May be empty. */
  readonly stacks: readonly AssemblyStack[];
  /** The app's name, by which its stacks are found where no stack of the assembly is deployed. */
  readonly app: string | undefined;
}

interface Place {
  readonly stackName: string;
  readonly path: string;
  readonly target: Target;
  /** The construct's path behind a logical id, where the assembly has it. */
  readonly pathOf?: (logicalId: string) => string | undefined;
}

/**
 * Reads the stacks of an app as they are deployed, with the caller's own credentials. Nothing is synthesised. Throws a
 * `UserError` where no stack of the app is deployed.
 */
export async function readApp({ target, stacks, app }: AppQuery): Promise<readonly AppStack[]> {
  const known = await readStacks(stacks.map((stack) => placeOf(target, stack)));
  if (known.length > 0) return known;
  const found = app === undefined ? [] : await findDeployedStacks(target, app);
  const others = await readStacks(found.map(({ stackName, target }) => ({ stackName, path: stackName, target })));
  if (others.length > 0) return others;
  const names = stacks.map(({ stackName }) => stackName).join(", ");
  throw new UserError(
    "NothingDeployed",
    `The stage ${target.stage} has no stack of the app${names === "" ? "" : `: ${names}`}`,
    { fix: `Deploy it first: \`tidegate deploy${target.stage === "local" ? "" : ` --stage ${target.stage}`}\`.` },
  );
}

function placeOf(target: Target, stack: AssemblyStack): Place {
  return {
    stackName: stack.stackName,
    path: stack.displayName,
    target: targetOfStack(target, stack),
    pathOf: (logicalId) => stack.origins.get(logicalId)?.constructPath,
  };
}

async function readStacks(places: readonly Place[]): Promise<AppStack[]> {
  const found = await mapConcurrently(places, READS_AT_ONCE, readStack);
  return found.filter((stack) => stack !== undefined);
}

async function readStack(place: Place): Promise<AppStack | undefined> {
  const { stackName, path, target } = place;
  const client = await target.aws.client("cloudformation");
  const state = await readStackState(client, stackName);
  if (state === undefined) return undefined;
  return { stackName, path, target, state, resources: await readResources(place) };
}

async function readResources(place: Place): Promise<AppResource[]> {
  const summaries = await listResources(place);
  const isKnown = summaries.every(({ LogicalResourceId = "" }) => place.pathOf?.(LogicalResourceId) !== undefined);
  const inTemplate = isKnown ? new Map<string, string>() : await pathsInTemplate(place);
  const read = await mapConcurrently(summaries, READS_AT_ONCE, async (summary): Promise<AppResource[]> => {
    const { LogicalResourceId: logicalId = "", PhysicalResourceId: physicalId, ResourceType: type = "" } = summary;
    if (physicalId === undefined || summary.ResourceStatus === "DELETE_COMPLETE") return [];
    const path = (place.pathOf?.(logicalId) ?? inTemplate.get(logicalId) ?? `${place.path}/${logicalId}`).replace(
      INNER_ID,
      "",
    );
    const own = { path, logicalId, type, physicalId, target: place.target };
    if (type !== NESTED_STACK) return [own];
    return [own, ...(await readResources({ stackName: physicalId, path, target: place.target }))];
  });
  return read.flat();
}

async function listResources({ stackName, target }: Place): Promise<StackResourceSummary[]> {
  const client = await target.aws.client("cloudformation");
  const all: StackResourceSummary[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: stackName, NextToken }));
    all.push(...(page.StackResourceSummaries ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return all;
}

/** Construct paths as the CDK writes them into the template. Another tool's template has none. */
async function pathsInTemplate({ stackName, target }: Place): Promise<Map<string, string>> {
  const client = await target.aws.client("cloudformation");
  const text = await readDeployedTemplate(client, stackName);
  if (text === undefined || !text.trimStart().startsWith("{")) return new Map();
  const { Resources = {} } = parseTemplate(text, stackName);
  return new Map(
    Object.entries(Resources).flatMap(([id, { Metadata }]) => {
      const path = Metadata?.["aws:cdk:path"];
      return typeof path === "string" ? [[id, path] as const] : [];
    }),
  );
}
