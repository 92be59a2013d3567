import type { AppFunction, AppResource, AppStack } from "./app-resource.ts";

/** The functions of an app, by path. */
export function functionsOf(stacks: readonly AppStack[]): AppFunction[] {
  const resources = stacks.flatMap((stack) => stack.resources);
  const aliases = resources.filter(({ type }) => type === "AWS::Lambda::Alias");
  return resources
    .filter(({ type }) => type === "AWS::Lambda::Function")
    .map((resource) => toFunction(resource, aliases))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function toFunction({ path, physicalId, target }: AppResource, aliases: readonly AppResource[]): AppFunction {
  const marker = `:function:${physicalId}:`;
  const alias = aliases.find((one) => one.physicalId.includes(marker) && one.target.region === target.region);
  return {
    path: alias !== undefined && path.startsWith(`${alias.path}/`) ? alias.path : withoutInnerId(path),
    functionName: physicalId,
    target,
    ...(alias === undefined ? {} : { alias: alias.physicalId.slice(alias.physicalId.indexOf(marker) + marker.length) }),
  };
}

/** Tidegate's constructs keep the function inside, as `Function`. */
function withoutInnerId(path: string): string {
  const outer = path.replace(/\/Function$/, "");
  return outer.includes("/") ? outer : path;
}
