import type { Input } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { autoDeploy } from "./auto-deploy.ts";
import { findApi, type ApiScope, type GatewayState } from "./context.ts";
import { pageOf } from "./page.ts";
import { patched, picked } from "./patch.ts";
import { badRequest, conflict, notFound } from "./errors.ts";
import { newResourceId } from "./resource-id.ts";
import type { AuthorizerRecord } from "../../http-api/api-parts.ts";
import { valuesUnder } from "./records.ts";

const SETTINGS = [
  "AuthorizerCredentialsArn",
  "AuthorizerPayloadFormatVersion",
  "AuthorizerResultTtlInSeconds",
  "AuthorizerType",
  "AuthorizerUri",
  "EnableSimpleResponses",
  "IdentitySource",
  "IdentityValidationExpression",
  "JwtConfiguration",
  "Name",
] as const;

/** Adds a JWT, Lambda request or Lambda token authorizer to an API. */
export function createAuthorizer(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateAuthorizer">,
  context: RequestContext,
): AuthorizerRecord {
  const scope = findApi(state, input.ApiId, context);
  const authorizer: AuthorizerRecord = {
    ...(input.AuthorizerType === "REQUEST" && { AuthorizerResultTtlInSeconds: 300, EnableSimpleResponses: false }),
    ...picked(input, SETTINGS),
    Name: input.Name,
    AuthorizerId: newResourceId(6),
  };
  checkAuthorizer(state, scope, authorizer);
  state.tables.authorizers.put(scope.keyOf(authorizer.AuthorizerId), authorizer);
  autoDeploy(state, scope);
  return authorizer;
}

/** Returns an authorizer. `NotFoundException` where the API has none of this id. */
export function getAuthorizer(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetAuthorizer">,
  context: RequestContext,
) {
  return findAuthorizer(state, findApi(state, input.ApiId, context), input.AuthorizerId);
}

/** Lists an API's authorizers, a page at a time. */
export function getAuthorizers(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetAuthorizers">,
  context: RequestContext,
) {
  const scope = findApi(state, input.ApiId, context);
  return pageOf(valuesUnder(state.tables.authorizers, `${scope.key}/`), input);
}

/** Changes the given settings of an authorizer; those left out stay as they are. */
export function updateAuthorizer(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateAuthorizer">,
  context: RequestContext,
): AuthorizerRecord {
  const scope = findApi(state, input.ApiId, context);
  const authorizer = patched(findAuthorizer(state, scope, input.AuthorizerId), input, SETTINGS);
  checkAuthorizer(state, scope, authorizer);
  state.tables.authorizers.put(scope.keyOf(authorizer.AuthorizerId), authorizer);
  autoDeploy(state, scope);
  return authorizer;
}

/** DeleteAuthorizer: refused as long as a route uses it. */
export function deleteAuthorizer(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteAuthorizer">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const { AuthorizerId } = findAuthorizer(state, scope, input.AuthorizerId);
  const users = valuesUnder(state.tables.routes, `${scope.key}/`).filter(
    (route) => route.AuthorizerId === AuthorizerId,
  );
  if (users.length > 0)
    throw conflict(
      `Cannot delete Authorizer because it is referenced by the following Routes with Ids: [${users.map((route) => route.RouteId).join(", ")}]`,
    );
  state.tables.authorizers.delete(scope.keyOf(AuthorizerId));
  autoDeploy(state, scope);
  return {};
}

function findAuthorizer(state: GatewayState, scope: ApiScope, authorizerId: string | undefined): AuthorizerRecord {
  const authorizer = state.tables.authorizers.get(scope.keyOf(authorizerId ?? ""));
  if (!authorizer) throw notFound("Authorizer", authorizerId);
  return authorizer;
}

function checkAuthorizer(state: GatewayState, scope: ApiScope, authorizer: AuthorizerRecord): void {
  if (!authorizer.Name) throw badRequest("Authorizer name cannot be empty");
  const twin = valuesUnder(state.tables.authorizers, `${scope.key}/`).find(
    (other) => other.Name === authorizer.Name && other.AuthorizerId !== authorizer.AuthorizerId,
  );
  if (twin) throw badRequest("Authorizer name must be unique");
  if (authorizer.AuthorizerType === "JWT") checkJwt(authorizer);
  else if (authorizer.AuthorizerType === "REQUEST") checkRequest(authorizer);
  else throw badRequest(`Invalid authorizer type ${authorizer.AuthorizerType}. HTTP APIs support JWT and REQUEST`);
}

function checkJwt(authorizer: AuthorizerRecord): void {
  const { Issuer, Audience } = authorizer.JwtConfiguration ?? {};
  if (!Issuer || !/^https?:\/\/./.test(Issuer))
    throw badRequest("Caught exception when connecting to the issuer: the JWT issuer must be a URL");
  if (!Audience?.length) throw badRequest("JWT authorizers must have at least one audience");
  const sources = authorizer.IdentitySource ?? [];
  if (sources.length !== 1 || !/^\$request\.(header|querystring)\..+$/.test(sources[0]!))
    throw badRequest("JWT authorizers must have exactly one identity source, a header or a query string parameter");
}

function checkRequest(authorizer: AuthorizerRecord): void {
  if (!authorizer.AuthorizerUri) throw badRequest("AuthorizerUri is required for REQUEST authorizers");
  const version = authorizer.AuthorizerPayloadFormatVersion;
  if (version !== "1.0" && version !== "2.0")
    throw badRequest("AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizers: 1.0 or 2.0");
  if (version === "1.0" && authorizer.EnableSimpleResponses)
    throw badRequest("EnableSimpleResponses is only supported for AuthorizerPayloadFormatVersion 2.0");
  const ttl = authorizer.AuthorizerResultTtlInSeconds ?? 0;
  if (ttl < 0 || ttl > 3600) throw badRequest("Authorizer result TTL must be between 0 and 3600 seconds");
  if (ttl > 0 && !authorizer.IdentitySource?.length)
    throw badRequest("Identity source is required for REQUEST authorizers when caching is enabled");
  for (const source of authorizer.IdentitySource ?? [])
    if (!/^\$(request\.(header|querystring)|stageVariables|context)\..+$/.test(source))
      throw badRequest(`Invalid identity source expression: ${source}`);
}
