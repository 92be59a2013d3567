import { isAbsolute, relative, resolve } from "node:path";
import type { BundleOptions, BundleRequest } from "./bundle-request.ts";

/** The type of the construct metadata that records how a function's code is bundled. */
export const BUNDLE_METADATA = "tidegate:bundle";

/** How a function's code is bundled, as the assembly keeps it. Paths are relative to the project's folder. */
export interface BundleRecord {
  readonly entry: string;
  readonly exportName: string;
  readonly options: BundleOptions;
}

/** A request as the assembly keeps it: the same on every machine. */
export function recordBundle(
  { entry, exportName, options }: Omit<BundleRequest, "constructPath">,
  projectFolder: string,
): BundleRecord {
  const place = (path: string) => relative(projectFolder, path);
  return { entry: place(entry), exportName, options: movePaths(options, place) };
}

/** The request that a record was made of. */
export function requestOf(
  { entry, exportName, options }: BundleRecord,
  constructPath: string,
  projectFolder: string,
): BundleRequest {
  const place = (path: string) => (isAbsolute(path) ? path : resolve(projectFolder, path));
  return { entry: place(entry), exportName, options: movePaths(options, place), constructPath };
}

/** Whether the data of a metadata entry is a record. */
export function isBundleRecord(data: unknown): data is BundleRecord {
  if (typeof data !== "object" || data === null || !("entry" in data) || !("options" in data)) return false;
  return typeof data.entry === "string" && typeof data.options === "object";
}

function movePaths(options: BundleOptions, place: (path: string) => string): BundleOptions {
  return {
    ...options,
    copy: options.copy.map(({ from, to }) => ({ from: place(from), to })),
    ...(options.tsconfig === undefined ? {} : { tsconfig: place(options.tsconfig) }),
  };
}
