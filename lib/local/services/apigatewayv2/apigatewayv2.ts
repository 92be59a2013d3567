import type { ServiceFactory } from "../../service.ts";
import type { GatewayState } from "./context.ts";
import { createGateway } from "./gateway/gateway.ts";
import { openTables } from "./records.ts";
import { operationsOf } from "./operations.ts";

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
    operations: operationsOf(state),
    routes: [gateway.route],
    stop: () => gateway.stop(),
  };
};
