import { getKnown } from "../../../util/get-known.ts";
import type { Input } from "../../kit/operation-types.ts";
import { removeTagKeys } from "../../kit/tags.ts";
import type { RequestContext } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import type { GatewayState } from "./context.ts";
import { badRequest, notFound } from "./errors.ts";

interface Tagged {
  readonly Tags?: Record<string, string> | undefined;
}

/** Returns the tags of an API, a stage or a domain name, by ARN. */
export function getTags(state: GatewayState, input: Input<"apigatewayv2", "GetTags">, context: RequestContext) {
  const [table, key] = locate(state, input.ResourceArn, context);
  return { Tags: { ...table.get(key)?.Tags } };
}

/** Adds tags to an API, a stage or a domain name, or overwrites them. */
export function tagResource(
  state: GatewayState,
  input: Input<"apigatewayv2", "TagResource">,
  context: RequestContext,
): object {
  const [table, key] = locate(state, input.ResourceArn, context);
  const record = getKnown(table, key);
  table.put(key, { ...record, Tags: { ...record.Tags, ...input.Tags } });
  return {};
}

/** Removes tags by their keys. Keys that the resource does not have are ignored. */
export function untagResource(
  state: GatewayState,
  input: Input<"apigatewayv2", "UntagResource">,
  context: RequestContext,
): object {
  const [table, key] = locate(state, input.ResourceArn, context);
  const record = getKnown(table, key);
  table.put(key, { ...record, Tags: removeTagKeys(record.Tags, input.TagKeys) });
  return {};
}

/** `arn:aws:apigateway:<region>::/apis/<id>`, with `/stages/<name>` behind it, or `/domainnames/<name>`. */
function locate(state: GatewayState, arn: string | undefined, context: RequestContext): [Collection<Tagged>, string] {
  const path = /^arn:[^:]+:apigateway:[^:]+::(\/.+)$/.exec(arn ?? "")?.[1];
  if (!path) throw badRequest(`Invalid ARN specified in the request: ${arn}`);
  const api = /^\/apis\/([^/]+)(?:\/stages\/([^/]+))?$/.exec(path);
  const found: [Collection<Tagged>, string] | undefined = api
    ? api[2] === undefined
      ? [state.tables.apis, `${context.region}/${api[1]}`]
      : [state.tables.stages, `${context.region}/${api[1]}/${api[2]}`]
    : path.startsWith("/domainnames/")
      ? [state.tables.domainNames, `${context.region}/${path.slice("/domainnames/".length)}`]
      : undefined;
  if (!found?.[0].get(found[1])) throw notFound("Resource", arn);
  return found;
}
