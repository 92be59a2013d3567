import { AwsError } from "../aws-error.ts";

/** A route key taken apart: `$default`, or a method (or `ANY`) and a path's segments. */
export type RouteKey = { readonly kind: "default" } | PathRouteKey;

/** A method (or `ANY`) and a path. */
export interface PathRouteKey {
  readonly kind: "path";
  readonly method: string;
  readonly path: string;
  readonly segments: readonly Segment[];
}

/** A part of a path, between two slashes. */
export type Segment =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "variable" | "greedy"; readonly name: string };

const METHODS = new Set(["ANY", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"]);
const BAD_FORMAT =
  'The provided route key is not formatted properly for HTTP protocol. Format should be "<HTTP METHOD> /<RESOURCE PATH>" or "$default"';

/** Takes a route key apart, or refuses it in AWS's words. */
export function parseRouteKey(text: string): RouteKey {
  if (text === "$default") return { kind: "default" };
  const [, method, path] = /^([A-Z]+) (\/\S*)$/.exec(text) ?? [];
  if (method === undefined || path === undefined || !METHODS.has(method)) throw refusal(BAD_FORMAT);
  return { kind: "path", method, path, segments: segmentsOf(path).map((part, at, all) => parseSegment(part, at, all)) };
}

/** The parts between the slashes; the root has none. */
export function segmentsOf(path: string): string[] {
  return path === "/" ? [] : path.slice(1).split("/");
}

/** Two routes with the same shape match the same requests: AWS refuses the second. */
export function shapeOf(key: RouteKey): string {
  if (key.kind === "default") return "$default";
  return `${key.method} /${key.segments.map((part) => (part.kind === "literal" ? part.text : part.kind === "greedy" ? "{+}" : "{}")).join("/")}`;
}

function parseSegment(text: string, at: number, all: readonly string[]): Segment {
  if (!text.includes("{") && !text.includes("}")) return { kind: "literal", text };
  const [, name, plus] = /^\{([A-Za-z0-9._-]+)(\+?)\}$/.exec(text) ?? [];
  if (name === undefined) throw refusal(BAD_FORMAT);
  if (plus === "") return { kind: "variable", name };
  if (at !== all.length - 1) throw refusal("Greedy path variables are only allowed at the end of the route key");
  return { kind: "greedy", name };
}

function refusal(message: string): AwsError {
  return new AwsError("BadRequestException", message);
}
