import type { BundleRequest } from "../bundle/bundle-request.ts";
import { BUNDLE_METADATA, isBundleRecord, requestOf } from "../bundle/bundle-record.ts";
import { readConstructData } from "../assembly/read-assembly.ts";
import type { StackView } from "../deploy/stack-view.ts";
import type { DevAlias } from "../release/engine.ts";

/** A function that a save can bring live by itself. */
export interface DevFunction {
  readonly alias: DevAlias;
  /** What people call it: the last part of its path, or the whole path where that is not unique. */
  readonly name: string;
  readonly request: BundleRequest;
}

/** The functions of an app whose code is bundled and whose alias is deployed. */
export function findDevFunctions(
  views: readonly StackView[],
  assemblyFolder: string,
  projectFolder: string,
): DevFunction[] {
  const records = readConstructData(assemblyFolder, BUNDLE_METADATA, isBundleRecord);
  const requests = new Map(records.map(({ path, data }) => [path, requestOf(data, path, projectFolder)]));
  const aliases = views.flatMap(({ live, target }) =>
    live
      .filter(({ member }) => member.kind === "function")
      .map(({ member, name, version }): DevAlias => {
        const { path, calls, kind, aliasName: alias } = member;
        return { path, calls, version, target: { kind, name, alias, region: target.region } };
      }),
  );
  const nameOf = shortNames(aliases.map(({ path }) => path));
  return aliases.flatMap((alias) => {
    const request = requests.get(alias.path);
    return request === undefined ? [] : [{ alias, request, name: nameOf(alias.path) }];
  });
}

function shortNames(paths: readonly string[]): (path: string) => string {
  const lastOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const times = Map.groupBy(paths, lastOf);
  return (path) => (times.get(lastOf(path))?.length === 1 ? lastOf(path) : path);
}
