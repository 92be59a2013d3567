import { removeTagKeys } from "../../kit/tags.ts";
import type {
  GetTagsCommandInput,
  TagResourceCommandInput,
  UntagResourceCommandInput,
} from "@aws-sdk/client-apigatewayv2";
import type { RequestContext } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import type { GatewayState } from "./context.ts";
import { badRequest, notFound } from "./errors.ts";

interface Tagged {
  readonly Tags?: Record<string, string> | undefined;
}

export function getTags(state: GatewayState, input: GetTagsCommandInput, context: RequestContext) {
  const [table, key] = locate(state, input.ResourceArn, context);
  return { Tags: { ...table.get(key)?.Tags } };
}

export function tagResource(state: GatewayState, input: TagResourceCommandInput, context: RequestContext): object {
  const [table, key] = locate(state, input.ResourceArn, context);
  const record = table.get(key)!;
  table.put(key, { ...record, Tags: { ...record.Tags, ...input.Tags } });
  return {};
}

export function untagResource(state: GatewayState, input: UntagResourceCommandInput, context: RequestContext): object {
  const [table, key] = locate(state, input.ResourceArn, context);
  const record = table.get(key)!;
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
