import { parseRouteKey, segmentsOf, type PathRouteKey, type Segment } from "./route-key.ts";
import type { RouteRecord } from "./api-parts.ts";
import { percentDecode } from "../../util/percent-decode.ts";

/** A deployment's routes, compiled for matching. */
export interface RouteTable {
  /** Routes without variables: by path, then by method. */
  readonly exact: ReadonlyMap<string, ReadonlyMap<string, RouteRecord>>;
  /** Routes with variables, the most specific first. */
  readonly patterns: readonly PatternRoute[];
  readonly fallback: RouteRecord | undefined;
}

interface PatternRoute {
  readonly key: PathRouteKey;
  readonly record: RouteRecord;
}

/** The route of a request, and the values of its variables. */
export interface MatchedRoute {
  readonly key: string;
  readonly record: RouteRecord;
  /** The route's path, for example `/pets/{id}`; `$default` for the fallback. */
  readonly path: string;
  readonly parameters: readonly (readonly [name: string, value: string])[];
}

/** Routes by how they are found. */
export function compileRoutes(records: readonly RouteRecord[]): RouteTable {
  const exact = new Map<string, Map<string, RouteRecord>>();
  const patterns: PatternRoute[] = [];
  let fallback: RouteRecord | undefined;
  for (const record of records) {
    const key = parseRouteKey(record.RouteKey);
    if (key.kind === "default") fallback = record;
    else if (key.segments.some((segment) => segment.kind !== "literal")) patterns.push({ key, record });
    else exact.set(key.path, (exact.get(key.path) ?? new Map<string, RouteRecord>()).set(key.method, record));
  }
  patterns.sort((a, b) => compareKeys(a.key, b.key));
  return { exact, patterns, fallback };
}

/**
 * The most specific route: the path in full, then with variables, then greedy, then `$default`; of two that are
 * equal in this, the one that names the method goes before `ANY`. The path is still percent-encoded.
 */
export function matchRoute(table: RouteTable, method: string, path: string): MatchedRoute | undefined {
  const literal = table.exact.get(decode(path));
  const record = literal?.get(method) ?? literal?.get("ANY");
  if (record) return matched(record, decode(path), []);
  const parts = segmentsOf(path);
  for (const { key, record: candidate } of table.patterns) {
    if (key.method !== method && key.method !== "ANY") continue;
    const parameters = matchSegments(key.segments, parts);
    if (parameters) return matched(candidate, key.path, parameters);
  }
  return table.fallback && matched(table.fallback, "$default", []);
}

function matched(record: RouteRecord, path: string, parameters: [string, string][]): MatchedRoute {
  return { key: record.RouteKey, record, path, parameters };
}

function matchSegments(segments: readonly Segment[], parts: readonly string[]): [string, string][] | undefined {
  const parameters: [string, string][] = [];
  for (const [at, segment] of segments.entries()) {
    const part = parts[at];
    if (part === undefined || (segment.kind === "variable" && part === "")) return undefined;
    if (segment.kind === "greedy") return [...parameters, [segment.name, parts.slice(at).map(decode).join("/")]];
    if (segment.kind === "literal") {
      if (decode(part) !== segment.text) return undefined;
    } else parameters.push([segment.name, decode(part)]);
  }
  return parts.length === segments.length ? parameters : undefined;
}

const RANK = { literal: 0, variable: 1, greedy: 2 } as const;

function compareKeys(a: PathRouteKey, b: PathRouteKey): number {
  for (const [at, { kind }] of a.segments.entries()) {
    const other = b.segments[at];
    if (other !== undefined && other.kind !== kind) return RANK[kind] - RANK[other.kind];
  }
  return b.segments.length - a.segments.length || Number(a.method === "ANY") - Number(b.method === "ANY");
}

/** Percent-decoded, or unchanged if the encoding is invalid. */
export function decode(text: string): string {
  return percentDecode(text) ?? text;
}
