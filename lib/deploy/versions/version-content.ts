import { isDeepStrictEqual } from "node:util";

/** What makes a version behave as it does, by property. Properties that are not set are left out. */
export type VersionContent = Readonly<Record<string, unknown>>;

/** A function or a state machine whose versions are read and published. */
export interface VersionedResource {
  /** The function's name, or the state machine's ARN. */
  readonly name: string;
}

/** How the versions of one kind of member are read and published. */
export interface VersionReader {
  /** What a version holds; the present state that has not been published for `undefined`. */
  read(resource: VersionedResource, version: string | undefined): Promise<VersionContent>;
  /** Publishes the present state; the last version where it holds the same already. Waits until it can be called. */
  publish(resource: VersionedResource, signal: AbortSignal): Promise<string>;
}

/** Names of the properties in which two versions differ, sorted. */
export function differingProperties(one: VersionContent, other: VersionContent): string[] {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].filter((name) => !isDeepStrictEqual(one[name], other[name])).toSorted();
}

/** Drops what is not set, so that absent and empty are the same. */
export function definedContent(content: Readonly<Record<string, unknown>>): VersionContent {
  return Object.fromEntries(Object.entries(content).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return true;
  return typeof value === "object" && Object.values(value).every(isEmpty);
}
