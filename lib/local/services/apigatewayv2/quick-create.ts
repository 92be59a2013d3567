import type { Input } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import type { ApiScope, GatewayState } from "./context.ts";
import { createIntegration } from "./integrations.ts";
import { badRequest } from "./errors.ts";
import { createRoute } from "./routes.ts";
import { createStage } from "./stages.ts";
import type { ApiRecord } from "../../http-api/api-parts.ts";
import { valuesUnder } from "./records.ts";

interface QuickCreate {
  readonly Target: string;
  readonly RouteKey?: string | undefined;
  readonly CredentialsArn?: string | undefined;
}

/** Creates the integration, the route and the stage of a `Target`, each marked as managed by API Gateway. */
export function quickCreate(state: GatewayState, api: ApiRecord, input: QuickCreate, context: RequestContext): void {
  const { ApiId } = api;
  const key = (id: string | undefined) => `${context.region}/${ApiId}/${id}`;
  const integration = createIntegration(state, { ApiId, ...targetSettings(input) }, context);
  state.tables.integrations.put(key(integration.IntegrationId), { ...integration, ApiGatewayManaged: true });
  const Target = `integrations/${integration.IntegrationId}`;
  const route = createRoute(state, { ApiId, RouteKey: input.RouteKey ?? "$default", Target }, context);
  state.tables.routes.put(key(route.RouteId), { ...route, ApiGatewayManaged: true });
  const stage = createStage(state, { ApiId, StageName: "$default", AutoDeploy: true }, context);
  state.tables.stages.put(key(stage.StageName), { ...stage, ApiGatewayManaged: true });
}

/** UpdateApi with `Target`, `RouteKey` or `CredentialsArn` changes what quick create made. */
export function updateQuickCreated(
  state: GatewayState,
  scope: ApiScope,
  input: Input<"apigatewayv2", "UpdateApi">,
): void {
  if (input.Target === undefined && input.RouteKey === undefined && input.CredentialsArn === undefined) return;
  const integration = valuesUnder(state.tables.integrations, `${scope.key}/`).find((one) => one.ApiGatewayManaged);
  const route = valuesUnder(state.tables.routes, `${scope.key}/`).find((one) => one.ApiGatewayManaged);
  if (!integration || !route) throw badRequest("Target, RouteKey and CredentialsArn are only for quick-created APIs");
  if (input.Target !== undefined || input.CredentialsArn !== undefined) {
    const settings = targetSettings({
      Target: input.Target ?? integration.IntegrationUri ?? "",
      CredentialsArn: input.CredentialsArn,
    });
    state.tables.integrations.put(scope.keyOf(integration.IntegrationId), { ...integration, ...settings });
  }
  if (input.RouteKey !== undefined)
    state.tables.routes.put(scope.keyOf(route.RouteId), { ...route, RouteKey: input.RouteKey });
}

function targetSettings(input: QuickCreate) {
  const http = /^https?:\/\//.test(input.Target);
  if (!http && !input.Target.startsWith("arn:")) throw badRequest(`Invalid target: ${input.Target}`);
  return {
    IntegrationType: http ? ("HTTP_PROXY" as const) : ("AWS_PROXY" as const),
    IntegrationUri: input.Target,
    PayloadFormatVersion: http ? "1.0" : "2.0",
    ...(http && { IntegrationMethod: "ANY" }),
    ...(input.CredentialsArn !== undefined && { CredentialsArn: input.CredentialsArn }),
  };
}
