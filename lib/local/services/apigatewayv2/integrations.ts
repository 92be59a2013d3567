import type { Input } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { autoDeploy } from "./auto-deploy.ts";
import { findApi, type ApiScope, type GatewayState } from "./context.ts";
import { checkIntegration } from "./integration-rules.ts";
import { pageOf } from "./page.ts";
import { patched, picked } from "./patch.ts";
import { conflict, notFound } from "./errors.ts";
import { newResourceId } from "./resource-id.ts";
import type { IntegrationRecord } from "../../http-api/api-parts.ts";
import { valuesUnder } from "./records.ts";

const SETTINGS = [
  "ConnectionId",
  "ConnectionType",
  "CredentialsArn",
  "Description",
  "IntegrationMethod",
  "IntegrationSubtype",
  "IntegrationType",
  "IntegrationUri",
  "PayloadFormatVersion",
  "RequestParameters",
  "ResponseParameters",
  "TimeoutInMillis",
  "TlsConfig",
] as const;

/** Adds an integration to an API: a function, an AWS service or an HTTP endpoint. */
export function createIntegration(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateIntegration">,
  context: RequestContext,
): IntegrationRecord {
  const scope = findApi(state, input.ApiId, context);
  const integration: IntegrationRecord = {
    ConnectionType: "INTERNET",
    TimeoutInMillis: 30_000,
    ...(input.IntegrationType === "AWS_PROXY" && { IntegrationMethod: "POST" }),
    ...picked(input, SETTINGS),
    IntegrationId: newResourceId(7),
  };
  checkIntegration(integration);
  state.tables.integrations.put(scope.keyOf(integration.IntegrationId), integration);
  autoDeploy(state, scope);
  return integration;
}

/** Returns an integration. `NotFoundException` where the API has none of this id. */
export function getIntegration(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetIntegration">,
  context: RequestContext,
) {
  return findIntegration(state, findApi(state, input.ApiId, context), input.IntegrationId);
}

/** Lists an API's integrations, a page at a time. */
export function getIntegrations(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetIntegrations">,
  context: RequestContext,
) {
  const scope = findApi(state, input.ApiId, context);
  return pageOf(valuesUnder(state.tables.integrations, `${scope.key}/`), input);
}

/** Changes the given settings of an integration; those left out stay as they are. */
export function updateIntegration(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateIntegration">,
  context: RequestContext,
): IntegrationRecord {
  const scope = findApi(state, input.ApiId, context);
  const before = findIntegration(state, scope, input.IntegrationId);
  const integration = withParameters(before, patched(before, input, SETTINGS));
  checkIntegration(integration);
  state.tables.integrations.put(scope.keyOf(integration.IntegrationId), integration);
  autoDeploy(state, scope);
  return integration;
}

/** DeleteIntegration: refused as long as a route points at it. */
export function deleteIntegration(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteIntegration">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const { IntegrationId } = findIntegration(state, scope, input.IntegrationId);
  const users = valuesUnder(state.tables.routes, `${scope.key}/`).filter(
    (route) => route.Target === `integrations/${IntegrationId}`,
  );
  if (users.length > 0)
    throw conflict(
      `Cannot delete Integration because it is referenced by the following Routes with Ids: [${users.map((route) => route.RouteId).join(", ")}]`,
    );
  state.tables.integrations.delete(scope.keyOf(IntegrationId));
  autoDeploy(state, scope);
  return {};
}

function findIntegration(state: GatewayState, scope: ApiScope, integrationId: string | undefined): IntegrationRecord {
  const integration = state.tables.integrations.get(scope.keyOf(integrationId ?? ""));
  if (!integration) throw notFound("Integration", integrationId);
  return integration;
}

/** An update names single parameters and status codes: what is empty is removed, what is not named stays. */
function withParameters(before: IntegrationRecord, after: IntegrationRecord): IntegrationRecord {
  const merged = <T extends object | string>(
    old: Record<string, T> | undefined,
    now: Record<string, T> | undefined,
    isEmpty: (value: T) => boolean,
  ) => now && Object.fromEntries(Object.entries({ ...old, ...now }).filter(([, value]) => !isEmpty(value)));
  const request = merged(before.RequestParameters, after.RequestParameters, (value) => value === "");
  const response = merged(
    before.ResponseParameters,
    after.ResponseParameters,
    (value) => Object.keys(value).length === 0,
  );
  return {
    ...after,
    ...(request && { RequestParameters: request }),
    ...(response && { ResponseParameters: response }),
  };
}
