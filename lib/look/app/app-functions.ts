import { findNamed } from "./find-named.ts";
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

/** The function that a name means. Throws a `UserError` that names the nearest, or all that match. */
export function findFunction(functions: readonly AppFunction[], name: string): AppFunction {
  const things = functions.map((fn) => ({ fn, path: fn.path, name: fn.functionName }));
  return findNamed(name, things, "function").fn;
}

/** The functions that a list of names means; all of them where it is empty or absent. */
export function chooseFunctions(functions: readonly AppFunction[], given: unknown): readonly AppFunction[] {
  const names = Array.isArray(given) ? given.map(String) : [];
  if (names.length === 0) return functions;
  const found = new Set(names.map((name) => findFunction(functions, name)));
  return functions.filter((fn) => found.has(fn));
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
