import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { GatewayState } from "./context.ts";
import * as apis from "./apis.ts";
import * as authorizers from "./authorizers.ts";
import * as deployments from "./deployments.ts";
import * as domainNames from "./domain-names.ts";
import * as integrations from "./integrations.ts";
import * as routes from "./routes.ts";
import * as stages from "./stages.ts";
import * as tags from "./tags.ts";

/** The operations of API Gateway's HTTP APIs that are carried. */
export function operationsOf(state: GatewayState): Operations<"apigatewayv2"> {
  return bindOperations("apigatewayv2", state, [
    apis,
    authorizers,
    deployments,
    domainNames,
    integrations,
    routes,
    stages,
    tags,
  ]);
}
