import type { Input } from "../../kit/operation-types.ts";
import type { Checked } from "../../kit/checked.ts";
import { notCarried } from "../../kit/not-carried.ts";
import type { Api } from "@aws-sdk/client-apigatewayv2";
import type { RequestContext } from "../../service.ts";
import { autoDeploy } from "./auto-deploy.ts";
import { checkedCors } from "./cors-rules.ts";
import { findApi, type GatewayState } from "./context.ts";
import { pageOf } from "./page.ts";
import { patched, picked } from "./patch.ts";
import { quickCreate, updateQuickCreated } from "./quick-create.ts";
import { badRequest } from "./errors.ts";
import { newResourceId } from "./resource-id.ts";
import type { ApiRecord } from "../../http-api/api-parts.ts";
import { OWNED_BY_API, valuesUnder } from "./records.ts";

const SETTINGS = ["Description", "DisableExecuteApiEndpoint", "IpAddressType", "Name", "Version"] as const;
const HTTP_SELECTION = "$request.method $request.path";

/** CreateApi; with a `Target` also an integration, a route and the `$default` stage (AWS's quick create). */
export function createApi(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateApi">,
  context: RequestContext,
): Checked<Api> {
  checkProtocol(input);
  const api: ApiRecord = {
    ApiKeySelectionExpression: "$request.header.x-api-key",
    DisableExecuteApiEndpoint: false,
    IpAddressType: "ipv4",
    Tags: {},
    ...picked(input, [...SETTINGS, "Tags"]),
    ...(input.CorsConfiguration && { CorsConfiguration: checkedCors(input.CorsConfiguration) }),
    ApiId: newResourceId(10),
    CreatedDate: new Date(state.cloud.clock.now()),
    Name: input.Name,
    ProtocolType: "HTTP",
    Region: context.region,
    RouteSelectionExpression: HTTP_SELECTION,
  };
  state.cloud.store.transaction(() => {
    state.tables.apis.put(`${context.region}/${api.ApiId}`, api);
    if (input.Target !== undefined) quickCreate(state, api, { ...input, Target: input.Target }, context);
  });
  state.onChange(api.ApiId);
  return describe(state, api);
}

/** Returns an API. `NotFoundException` where the region has none of this id. */
export function getApi(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetApi">,
  context: RequestContext,
): Checked<Api> {
  return describe(state, findApi(state, input.ApiId, context).api);
}

/** Lists the region's APIs, a page at a time. */
export function getApis(state: GatewayState, input: Input<"apigatewayv2", "GetApis">, context: RequestContext) {
  const page = pageOf(valuesUnder(state.tables.apis, `${context.region}/`), input);
  return { ...page, Items: page.Items.map((api) => describe(state, api)) };
}

/** Changes the given settings of an API; those left out stay as they are. */
export function updateApi(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateApi">,
  context: RequestContext,
): Checked<Api> {
  const scope = findApi(state, input.ApiId, context);
  if (input.Name === "") throw badRequest("API name cannot be empty");
  const api: ApiRecord = {
    ...patched(scope.api, input, SETTINGS),
    ...(input.CorsConfiguration && { CorsConfiguration: checkedCors(input.CorsConfiguration) }),
  };
  state.cloud.store.transaction(() => {
    state.tables.apis.put(scope.key, api);
    updateQuickCreated(state, { ...scope, api }, input);
  });
  autoDeploy(state, { ...scope, api });
  return describe(state, api);
}

/** DeleteApi: everything of the API goes with it. */
export function deleteApi(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteApi">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const mapped = valuesUnder(state.tables.apiMappings, `${context.region}/`).some(
    (mapping) => mapping.ApiId === scope.api.ApiId,
  );
  if (mapped)
    throw badRequest(
      `Deleting API ${scope.api.ApiId} failed. Please remove all base path mappings related to the API in your domains first.`,
    );
  state.cloud.store.transaction(() => {
    for (const name of OWNED_BY_API)
      for (const [key] of state.tables[name].list(`${scope.key}/`)) state.tables[name].delete(key);
    state.tables.apis.delete(scope.key);
  });
  state.onChange(scope.api.ApiId);
  return {};
}

/** Removes an API's CORS settings: preflight requests reach its routes again. */
export function deleteCorsConfiguration(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteCorsConfiguration">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const { CorsConfiguration: _gone, ...api } = scope.api;
  state.tables.apis.put(scope.key, api);
  autoDeploy(state, { ...scope, api });
  return {};
}

/** An API as AWS returns it, with the endpoint at which this cloud serves it. */
function describe(state: GatewayState, record: ApiRecord): Checked<Api> {
  const { Region: _internal, ...api } = record;
  return { ...api, ApiEndpoint: `${state.cloud.endpoint}/_aws/execute-api/${api.ApiId}` };
}

function checkProtocol(input: Input<"apigatewayv2", "CreateApi">): void {
  if (input.ProtocolType === "WEBSOCKET")
    throw notCarried("WebSocket APIs", "Create an API with ProtocolType HTTP, or deploy this one to AWS.");
  if (input.ProtocolType !== "HTTP") throw badRequest("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]");
  if (!input.Name) throw badRequest("API name cannot be empty");
  if (input.RouteSelectionExpression !== undefined && !isHttpSelection(input.RouteSelectionExpression))
    throw badRequest("Route selection expression for HTTP APIs must be ${request.method} ${request.path}");
  if (input.Target === undefined && input.RouteKey !== undefined)
    throw badRequest("Target is required when a route key is specified");
}

function isHttpSelection(text: string): boolean {
  return text === HTTP_SELECTION || text === "${request.method} ${request.path}";
}
