import type { Input } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { autoDeploy } from "./auto-deploy.ts";
import { findApi, type ApiScope, type GatewayState } from "./context.ts";
import { pageOf } from "./page.ts";
import { patched, picked } from "./patch.ts";
import { badRequest, conflict, notFound } from "./errors.ts";
import { newResourceId } from "./resource-id.ts";
import { parseRouteKey, shapeOf } from "../../http-api/route-key.ts";
import type { RouteRecord } from "../../http-api/api-parts.ts";
import { valuesUnder } from "./records.ts";

const SETTINGS = ["AuthorizationScopes", "AuthorizationType", "AuthorizerId", "OperationName", "Target"] as const;

/** CreateRoute: refuses a key that is taken, and one that matches the same requests as another. */
export function createRoute(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateRoute">,
  context: RequestContext,
): RouteRecord {
  const scope = findApi(state, input.ApiId, context);
  const route: RouteRecord = {
    ApiKeyRequired: false,
    AuthorizationType: "NONE",
    ...picked(input, SETTINGS),
    RouteId: newResourceId(7),
    RouteKey: input.RouteKey ?? "",
  };
  checkRoute(state, scope, route);
  state.tables.routes.put(scope.keyOf(route.RouteId), route);
  autoDeploy(state, scope);
  return route;
}

/** Returns a route. `NotFoundException` where the API has none of this id. */
export function getRoute(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetRoute">,
  context: RequestContext,
): RouteRecord {
  return findRoute(state, findApi(state, input.ApiId, context), input.RouteId);
}

/** Lists an API's routes, a page at a time. */
export function getRoutes(state: GatewayState, input: Input<"apigatewayv2", "GetRoutes">, context: RequestContext) {
  const scope = findApi(state, input.ApiId, context);
  return pageOf(valuesUnder(state.tables.routes, `${scope.key}/`), input);
}

/** Changes the given settings of a route. `ConflictException` where another route has the new key. */
export function updateRoute(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateRoute">,
  context: RequestContext,
): RouteRecord {
  const scope = findApi(state, input.ApiId, context);
  const before = findRoute(state, scope, input.RouteId);
  if (before.RouteKey === "$default" && input.RouteKey !== undefined && input.RouteKey !== "$default")
    throw badRequest("Cannot update the route key of the $default route");
  const route = patched(before, input, ["RouteKey", ...SETTINGS]);
  if (route.AuthorizationType === "NONE") delete route.AuthorizerId;
  checkRoute(state, scope, route);
  state.tables.routes.put(scope.keyOf(route.RouteId), route);
  autoDeploy(state, scope);
  return route;
}

/** Deletes a route; stages with automatic deployment stop serving it. */
export function deleteRoute(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteRoute">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const route = findRoute(state, scope, input.RouteId);
  state.tables.routes.delete(scope.keyOf(route.RouteId));
  autoDeploy(state, scope);
  return {};
}

function findRoute(state: GatewayState, scope: ApiScope, routeId: string | undefined): RouteRecord {
  const route = state.tables.routes.get(scope.keyOf(routeId ?? ""));
  if (!route) throw notFound("Route", routeId);
  return route;
}

function checkRoute(state: GatewayState, scope: ApiScope, route: RouteRecord): void {
  checkKey(state, scope, route);
  if (route.Target !== undefined) checkTarget(state, scope, route.Target);
  checkAuthorization(state, scope, route);
}

function checkKey(state: GatewayState, scope: ApiScope, route: RouteRecord): void {
  const shape = shapeOf(parseRouteKey(route.RouteKey));
  for (const other of valuesUnder(state.tables.routes, `${scope.key}/`)) {
    if (other.RouteId === route.RouteId) continue;
    if (other.RouteKey === route.RouteKey)
      throw conflict(`Route with key ${route.RouteKey} already exists for this API`);
    if (shapeOf(parseRouteKey(other.RouteKey)) === shape)
      throw conflict(
        `The provided route key "${route.RouteKey}" has a conflicting variable on the same hierarchical level as "${other.RouteKey}"`,
      );
  }
}

function checkTarget(state: GatewayState, scope: ApiScope, target: string): void {
  const integrationId = /^integrations\/([^/]+)$/.exec(target)?.[1];
  if (!integrationId) throw badRequest(`Invalid target '${target}'. Format should be integrations/{integrationId}`);
  if (!state.tables.integrations.get(scope.keyOf(integrationId)))
    throw badRequest(`Unable to find Integration by key ${integrationId} within the provided scope`);
}

function checkAuthorization(state: GatewayState, scope: ApiScope, route: RouteRecord): void {
  const type = route.AuthorizationType;
  if (type === "JWT" || type === "CUSTOM") {
    const authorizer = state.tables.authorizers.get(scope.keyOf(route.AuthorizerId ?? ""));
    if (!authorizer)
      throw badRequest(`Unable to find Authorizer by key ${route.AuthorizerId} within the provided scope`);
    if ((authorizer.AuthorizerType === "JWT") !== (type === "JWT"))
      throw badRequest("AuthorizationType and the type of the authorizer do not match");
  } else if (type !== "NONE" && type !== "AWS_IAM") throw badRequest(`Invalid authorization type '${type}'`);
  if (type !== "JWT" && route.AuthorizationScopes?.length)
    throw badRequest("Authorization scopes are only supported for routes with a JWT authorizer");
}
