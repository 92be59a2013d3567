import { removeTagKeys } from "../../../kit/tags.ts";
import type { RequestContext } from "../../../service.ts";
import type { Input, Lambda, Output } from "../context.ts";
import { keyOf } from "../lambda-state.ts";
import { INSPECT_TAG } from "./spec-builder.ts";
import { matches, patternProblem, readFunctionRef, type FunctionRef } from "./names.ts";
import { invalid, invalidParameter } from "../errors.ts";

const RESOURCE_PATTERN = String.raw`arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)`;
const MOST_TAGS = 50;

/** Adds tags to a function or mapping by ARN, or overwrites them: at most 50. */
export function tagResource(lambda: Lambda, input: Input<"TagResource">, context: RequestContext): object {
  const ref = readTagged(input.Resource, context);
  const given = input.Tags ?? {};
  if (Object.keys(given).length === 0) throw invalidParameter("An error occurred and the request cannot be processed.");
  const record = lambda.state.function(ref);
  const tags = { ...record.tags, ...given };
  if (Object.keys(tags).length > MOST_TAGS) throw invalidParameter("Number of tags exceeds resource tag limit.");
  lambda.state.functions.put(keyOf(ref), { ...record, tags });
  startAgain(lambda, ref, Object.keys(given));
  return {};
}

/** Removes tags by their keys. Keys that the resource does not have are ignored. */
export function untagResource(lambda: Lambda, input: Input<"UntagResource">, context: RequestContext): object {
  const keys = input.TagKeys;
  if (keys === undefined || keys.length === 0)
    throw invalid(["Value null at 'tagKeys' failed to satisfy constraint: Member must not be null"]);
  const ref = readTagged(input.Resource, context);
  const record = lambda.state.function(ref);
  lambda.state.functions.put(keyOf(ref), { ...record, tags: removeTagKeys(record.tags, keys) });
  if (keys.some((key) => key in record.tags)) startAgain(lambda, ref, keys);
  return {};
}

/** Processes have an inspector from their start on, or never. */
function startAgain(lambda: Lambda, ref: FunctionRef, keys: readonly string[]): void {
  if (keys.includes(INSPECT_TAG)) lambda.specs.retireOld(ref);
}

/** Returns the tags of a function or mapping, by ARN. */
export function listTags(lambda: Lambda, input: Input<"ListTags">, context: RequestContext): Output<"ListTags"> {
  return { Tags: { ...lambda.state.function(readTagged(input.Resource, context)).tags } };
}

function readTagged(resource: string | undefined, context: RequestContext): FunctionRef {
  const arn = resource ?? "";
  if (!matches(arn, RESOURCE_PATTERN)) throw invalid([patternProblem(arn, "resource", RESOURCE_PATTERN)]);
  if (!arn.includes(":function:"))
    throw invalidParameter("The local cloud keeps tags of functions only. Please specify a function ARN.");
  const ref = readFunctionRef(arn, undefined, context);
  if (ref.qualifier !== undefined)
    throw invalidParameter("Tags on function aliases and versions are not supported. Please specify a function ARN.");
  return ref;
}
