import type { IConstruct } from "constructs";
import { UserError } from "../errors.ts";
import type { AppStack } from "../look/app/app-resource.ts";
import { tryFindNearestName } from "../util/nearest-name.ts";

/**
 * Names a resource of the deployed app: its construct, the construct's path (`Todo/Create`), the end of that path
 * (`Create`), its logical id, or its physical id (a function's name, a queue's URL).
 */
export type ResourceName = string | IConstruct;

/** A resource of a deployed app. */
export interface AppResource {
  /** CloudFormation's type, for example `AWS::Lambda::Function`. */
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
  /** The path of its construct, for example `Todo/Create/Function`, without the last part that the CDK adds. */
  readonly constructPath: string;
  readonly stackName: string;
  readonly region: string;
}

/** The resources of an app's stacks. */
export function resourcesOf(stacks: readonly AppStack[]): AppResource[] {
  return stacks.flatMap(({ stackName, resources }) =>
    resources.map(({ type, logicalId, physicalId, path, target: { region } }) => {
      return { type, logicalId, physicalId, constructPath: path, stackName, region };
    }),
  );
}

/**
 * The resource of a type that a name means. Where several are below one construct, it is the one that is nearest to it.
 * Throws a `UserError` that lists what there is where the name means none, or several.
 */
export function findResource(resources: readonly AppResource[], type: string, name: ResourceName): AppResource {
  const candidates = resources.filter((resource) => resource.type === type);
  const wanted = typeof name === "string" ? name : name.node.path;
  const matches = nearest(candidates.flatMap((resource) => matchOf(resource, wanted) ?? []));
  const [match] = matches;
  if (match !== undefined && matches.length === 1) return match;
  const there = candidates.map(({ constructPath }) => constructPath);
  throw match === undefined ? noneFound(type, wanted, there) : severalFound(type, wanted, matches);
}

interface Match {
  readonly resource: AppResource;
  /** How many constructs are between the one that is named and the resource's own. */
  readonly distance: number;
}

function matchOf(resource: AppResource, wanted: string): Match | undefined {
  const { physicalId, logicalId, constructPath } = resource;
  if (wanted === physicalId || wanted === logicalId) return { resource, distance: 0 };
  const path = `/${constructPath}/`;
  const at = path.lastIndexOf(`/${wanted}/`);
  if (at === -1) return undefined;
  return { resource, distance: path.slice(at + wanted.length + 2).split("/").length - 1 };
}

function nearest(matches: readonly Match[]): AppResource[] {
  const least = Math.min(...matches.map(({ distance }) => distance));
  return matches.filter(({ distance }) => distance === least).map(({ resource }) => resource);
}

function noneFound(type: string, wanted: string, there: readonly string[]): UserError {
  const near = tryFindNearestName(wanted, there);
  const list = there.length === 0 ? "none" : there.join(", ");
  return new UserError("ResourceUnknown", `The app has no ${type} named ${JSON.stringify(wanted)}; it has: ${list}`, {
    fix: near === undefined ? "Name one by its construct or its construct's path." : `Did you mean ${near}?`,
  });
}

function severalFound(type: string, wanted: string, matches: readonly AppResource[]): UserError {
  const paths = matches.map(({ constructPath }) => constructPath).join(", ");
  return new UserError("ResourceAmbiguous", `${JSON.stringify(wanted)} names several ${type}: ${paths}`, {
    fix: "Name one of them by its whole path, or pass its construct.",
  });
}
