import type { Input } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { hasRoutes, snapshotOf } from "./auto-deploy.ts";
import { findApi, type ApiScope, type GatewayState } from "./context.ts";
import { pageOf } from "./page.ts";
import { patched, picked } from "./patch.ts";
import { badRequest, conflict, notFound } from "./errors.ts";
import { newResourceId } from "./resource-id.ts";
import { valuesUnder, type DeploymentRecord } from "./records.ts";

/** CreateDeployment: freezes what the API says now; with a StageName that stage serves it from here on. */
export function createDeployment(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateDeployment">,
  context: RequestContext,
) {
  const scope = findApi(state, input.ApiId, context);
  if (!hasRoutes(state, scope)) throw badRequest("Unable to deploy API because no routes exist in this API");
  const deployment: DeploymentRecord = {
    AutoDeployed: false,
    CreatedDate: new Date(state.cloud.clock.now()),
    DeploymentId: newResourceId(6),
    DeploymentStatus: "DEPLOYED",
    ...picked(input, ["Description"]),
  };
  if (input.StageName !== undefined) deployTo(state, scope, input.StageName, deployment.DeploymentId);
  state.tables.deployments.put(scope.keyOf(deployment.DeploymentId), deployment);
  state.tables.snapshots.put(scope.keyOf(deployment.DeploymentId), snapshotOf(state, scope));
  state.onChange(scope.api.ApiId);
  return deployment;
}

/** Returns a deployment. `NotFoundException` where the API has none of this id. */
export function getDeployment(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetDeployment">,
  context: RequestContext,
) {
  return findDeployment(state, findApi(state, input.ApiId, context), input.DeploymentId);
}

/** Lists an API's deployments, a page at a time. */
export function getDeployments(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetDeployments">,
  context: RequestContext,
) {
  const scope = findApi(state, input.ApiId, context);
  return pageOf(valuesUnder(state.tables.deployments, `${scope.key}/`), input);
}

/** Changes a deployment's description, its only setting. */
export function updateDeployment(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateDeployment">,
  context: RequestContext,
) {
  const scope = findApi(state, input.ApiId, context);
  const deployment = patched(findDeployment(state, scope, input.DeploymentId), input, ["Description"]);
  state.tables.deployments.put(scope.keyOf(deployment.DeploymentId), deployment);
  return deployment;
}

/** DeleteDeployment: refused as long as a stage serves it. */
export function deleteDeployment(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteDeployment">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const { DeploymentId } = findDeployment(state, scope, input.DeploymentId);
  const users = valuesUnder(state.tables.stages, `${scope.key}/`).filter(
    (stage) => stage.DeploymentId === DeploymentId,
  );
  if (users.length > 0) throw badRequest("Active stages pointing to this deployment must be moved or deleted");
  state.tables.deployments.delete(scope.keyOf(DeploymentId));
  state.tables.snapshots.delete(scope.keyOf(DeploymentId));
  return {};
}

/** Finds a deployment of the API, or refuses. */
export function findDeployment(
  state: GatewayState,
  scope: ApiScope,
  deploymentId: string | undefined,
): DeploymentRecord {
  const deployment = state.tables.deployments.get(scope.keyOf(deploymentId ?? ""));
  if (!deployment) throw notFound("Deployment", deploymentId);
  return deployment;
}

function deployTo(state: GatewayState, scope: ApiScope, stageName: string, deploymentId: string): void {
  const stage = state.tables.stages.get(scope.keyOf(stageName));
  if (!stage) throw notFound("Stage", stageName);
  if (stage.AutoDeploy) throw conflict("Deployment cannot be associated with a stage that has AutoDeploy set to true");
  state.tables.stages.put(scope.keyOf(stageName), {
    ...stage,
    DeploymentId: deploymentId,
    LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deploymentId}'`,
    LastUpdatedDate: new Date(state.cloud.clock.now()),
  });
}
