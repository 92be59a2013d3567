import type { Operations, RequestContext, ServiceFactory } from "../../service.ts";
import * as apis from "./apis.ts";
import * as authorizers from "./authorizers.ts";
import * as deployments from "./deployments.ts";
import * as domainNames from "./domain-names.ts";
import type { GatewayState } from "./context.ts";
import { createGateway } from "./gateway/gateway.ts";
import * as integrations from "./integrations.ts";
import * as routes from "./routes.ts";
import * as stages from "./stages.ts";
import { openTables } from "./records.ts";
import * as tags from "./tags.ts";

/** API Gateway's HTTP APIs: their control plane, and the gateway that serves what was deployed. */
export const createApigatewayv2: ServiceFactory<"apigatewayv2"> = (cloud) => {
  const tables = openTables(cloud.store);
  const gateway = createGateway(cloud, tables);
  const state: GatewayState = {
    cloud,
    tables,
    onChange: (apiId) => gateway.forget(apiId),
    onAuthorizersReset: (apiId, stageName) => gateway.resetAuthorizers(apiId, stageName),
  };
  return {
    name: "apigatewayv2",
    operations: operationsOn(state),
    routes: [gateway.route],
    stop: () => gateway.stop(),
  };
};

function operationsOn(state: GatewayState): Operations<"apigatewayv2"> {
  const on =
    <I, O>(operation: (state: GatewayState, input: I, context: RequestContext) => O) =>
    (input: I, context: RequestContext): O =>
      operation(state, input, context);
  return {
    CreateApi: on(apis.createApi),
    GetApi: on(apis.getApi),
    GetApis: on(apis.getApis),
    UpdateApi: on(apis.updateApi),
    DeleteApi: on(apis.deleteApi),
    DeleteCorsConfiguration: on(apis.deleteCorsConfiguration),
    CreateRoute: on(routes.createRoute),
    GetRoute: on(routes.getRoute),
    GetRoutes: on(routes.getRoutes),
    UpdateRoute: on(routes.updateRoute),
    DeleteRoute: on(routes.deleteRoute),
    CreateIntegration: on(integrations.createIntegration),
    GetIntegration: on(integrations.getIntegration),
    GetIntegrations: on(integrations.getIntegrations),
    UpdateIntegration: on(integrations.updateIntegration),
    DeleteIntegration: on(integrations.deleteIntegration),
    CreateAuthorizer: on(authorizers.createAuthorizer),
    GetAuthorizer: on(authorizers.getAuthorizer),
    GetAuthorizers: on(authorizers.getAuthorizers),
    UpdateAuthorizer: on(authorizers.updateAuthorizer),
    DeleteAuthorizer: on(authorizers.deleteAuthorizer),
    CreateStage: on(stages.createStage),
    GetStage: on(stages.getStage),
    GetStages: on(stages.getStages),
    UpdateStage: on(stages.updateStage),
    DeleteStage: on(stages.deleteStage),
    ResetAuthorizersCache: on(stages.resetAuthorizersCache),
    DeleteAccessLogSettings: on(stages.deleteAccessLogSettings),
    DeleteRouteSettings: on(stages.deleteRouteSettings),
    CreateDeployment: on(deployments.createDeployment),
    GetDeployment: on(deployments.getDeployment),
    GetDeployments: on(deployments.getDeployments),
    UpdateDeployment: on(deployments.updateDeployment),
    DeleteDeployment: on(deployments.deleteDeployment),
    CreateDomainName: on(domainNames.createDomainName),
    GetDomainName: on(domainNames.getDomainName),
    GetDomainNames: on(domainNames.getDomainNames),
    UpdateDomainName: on(domainNames.updateDomainName),
    DeleteDomainName: on(domainNames.deleteDomainName),
    CreateApiMapping: on(domainNames.createApiMapping),
    GetApiMapping: on(domainNames.getApiMapping),
    GetApiMappings: on(domainNames.getApiMappings),
    UpdateApiMapping: on(domainNames.updateApiMapping),
    DeleteApiMapping: on(domainNames.deleteApiMapping),
    GetTags: on(tags.getTags),
    TagResource: on(tags.tagResource),
    UntagResource: on(tags.untagResource),
  };
}
