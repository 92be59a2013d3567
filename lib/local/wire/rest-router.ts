import { hostResource } from "./host-label.ts";
import { readBindings, type Binding, type Bindings } from "./http-bindings.ts";
import type { OperationModel } from "./service-model.ts";
import type { WireRequest } from "./wire-message.ts";
import { percentDecode } from "../../util/percent-decode.ts";

/** An operation of a REST service, ready to be matched. */
export interface RestRoute {
  readonly operation: OperationModel;
  readonly bindings: Bindings;
  readonly segments: readonly Segment[];
  readonly literals: readonly (readonly [name: string, value: string])[];
  /** The label that the template leaves out: it is named by the host, or comes first in the path. */
  readonly resource: string | undefined;
  readonly required: readonly Binding[];
}

interface Segment {
  readonly kind: "literal" | "label" | "greedy";
  readonly text: string;
}

/** A route and the decoded values of its labels. */
export interface RestMatch {
  readonly route: RestRoute;
  readonly labels: ReadonlyMap<string, string>;
}

/** Finds the operation of a request: of all that match, the one with the most conditions. */
export class RestRouter {
  readonly #byMethod = new Map<string, RestRoute[]>();

  readonly #serviceWord: string | undefined;

  /** `serviceWord` is the label by which hosts name the service, where they may name a resource before it. */
  constructor(operations: Iterable<OperationModel>, serviceWord?: string) {
    this.#serviceWord = serviceWord;
    for (const operation of operations) {
      if (operation.http === undefined) continue;
      const routes = this.#byMethod.get(operation.http.method) ?? [];
      routes.push(compileRoute(operation, operation.http.template));
      this.#byMethod.set(operation.http.method, routes);
    }
  }

  match(request: WireRequest): RestMatch | undefined {
    const segments = request.path.slice(1).split("/");
    const hostLabel =
      this.#serviceWord === undefined ? undefined : hostResource(request.headers.host ?? "", this.#serviceWord);
    let best: RestMatch | undefined;
    let bestScore = -1;
    for (const route of this.#byMethod.get(request.method) ?? []) {
      const score = scoreQueryAndHeaders(route, request);
      if (score <= bestScore) continue;
      const labels = matchPath(route, segments, hostLabel);
      if (labels === undefined) continue;
      best = { route, labels };
      bestScore = score;
    }
    return best;
  }
}

function compileRoute(operation: OperationModel, template: string): RestRoute {
  const [path = "/", search = ""] = template.split("?");
  const segments = path
    .replace(/^\/|\/$/g, "")
    .split("/")
    .map(compileSegment);
  const bindings = readBindings(operation.input, "request");
  const named = new Set(segments.filter(({ kind }) => kind !== "literal").map(({ text }) => text));
  return {
    operation,
    bindings,
    segments: path === "/" ? [] : segments,
    literals: [...new URLSearchParams(search)],
    resource: bindings.all.find(({ place, member }) => place === "label" && !named.has(member))?.member,
    required: bindings.all.filter(({ place, required }) => required && (place === "query" || place === "header")),
  };
}

function compileSegment(text: string): Segment {
  const [, name, greedy] = /^\{([^{}+]+)(\+)?\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: "literal", text };
  return { kind: greedy ? "greedy" : "label", text: name };
}

/**
 * How many of the route's conditions hold, from 0; -1 when one does not. `x-id` is the SDK's own hint: it never decides
 * against a route, since other clients do not send it.
 */
function scoreQueryAndHeaders(route: RestRoute, request: WireRequest): number {
  let score = 0;
  for (const [name, value] of route.literals) {
    if (name === "x-id") score += request.query.get(name) === value ? 0.5 : 0;
    else if (!request.query.has(name) || (value !== "" && request.query.get(name) !== value)) return -1;
    else score += 1;
  }
  for (const { place, wireName } of route.required) {
    const present = place === "query" ? request.query.has(wireName) : request.headers[wireName] !== undefined;
    if (!present) return -1;
    score += 1;
  }
  return score + route.segments.filter(({ kind }) => kind === "literal").length;
}

function matchPath(
  route: RestRoute,
  given: readonly string[],
  hostLabel: string | undefined,
): Map<string, string> | undefined {
  const labels = new Map<string, string>();
  let rest = given;
  if (route.resource !== undefined) {
    const first = hostLabel ?? percentDecode(given[0] ?? "");
    if (first === undefined || first === "") return undefined;
    labels.set(route.resource, first);
    if (hostLabel === undefined) rest = given.slice(1);
  } else if (hostLabel !== undefined) {
    return undefined;
  }
  return matchSegments(route.segments, rest, labels) ? labels : undefined;
}

function matchSegments(wanted: readonly Segment[], given: readonly string[], labels: Map<string, string>): boolean {
  let position = 0;
  for (const [index, segment] of wanted.entries()) {
    if (segment.kind === "greedy") {
      const after = wanted.length - index - 1;
      const taken = given.slice(position, given.length - after).map(percentDecode);
      const value = taken.join("/");
      if (value === "" || taken.includes(undefined)) return false;
      labels.set(segment.text, value);
      position += taken.length;
      continue;
    }
    const text = given[position++];
    if (text === undefined) return false;
    if (segment.kind === "literal") {
      if (text !== segment.text) return false;
      continue;
    }
    const value = percentDecode(text);
    if (value === undefined || value === "") return false;
    labels.set(segment.text, value);
  }
  return position === given.length || (position === given.length - 1 && given[position] === "");
}
