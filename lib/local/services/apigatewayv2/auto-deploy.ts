import type { ApiScope, GatewayState } from "./context.ts";
import { newResourceId } from "./resource-id.ts";
import type { StageRecord } from "../../http-api/api-parts.ts";
import { valuesUnder, type DeploymentRecord, type Snapshot } from "./records.ts";

const NO_ROUTES = "Unable to deploy API because no routes exist in this API";

/** After every change of an API: gives each stage with AutoDeploy a new deployment. */
export function autoDeploy(state: GatewayState, scope: ApiScope): void {
  const stages = valuesUnder(state.tables.stages, `${scope.key}/`).filter((stage) => stage.AutoDeploy);
  for (const stage of stages) autoDeployStage(state, scope, stage);
  state.onChange(scope.api.ApiId);
}

/** Deploys one stage by itself and keeps it; an API without routes leaves the stage as it was, and says so. */
export function autoDeployStage(state: GatewayState, scope: ApiScope, stage: StageRecord): StageRecord {
  const deployed = hasRoutes(state, scope) ? afterDeployment(state, scope, stage) : afterFailure(stage);
  state.tables.stages.put(scope.keyOf(stage.StageName), deployed);
  return deployed;
}

/**
 * What the API says now, as a deployment freezes it. A stage with AutoDeploy is served from this directly: its
 * deployment is by definition the present, so it is not written out a second time.
 */
export function snapshotOf(state: GatewayState, scope: ApiScope): Snapshot {
  const prefix = `${scope.key}/`;
  return {
    routes: valuesUnder(state.tables.routes, prefix),
    integrations: valuesUnder(state.tables.integrations, prefix),
    authorizers: valuesUnder(state.tables.authorizers, prefix),
    cors: scope.api.CorsConfiguration,
  };
}

/** Whether the API has a route: without one there is nothing to deploy. */
export function hasRoutes(state: GatewayState, scope: ApiScope): boolean {
  return state.tables.routes.list(`${scope.key}/`).length > 0;
}

function afterDeployment(state: GatewayState, scope: ApiScope, stage: StageRecord): StageRecord {
  const deployment: DeploymentRecord = {
    AutoDeployed: true,
    CreatedDate: new Date(state.cloud.clock.now()),
    DeploymentId: newResourceId(6),
    DeploymentStatus: "DEPLOYED",
    Description: "Automatic deployment triggered by changes to the Api configuration",
  };
  state.tables.deployments.put(scope.keyOf(deployment.DeploymentId), deployment);
  dropAutomatic(state, scope, stage.DeploymentId);
  return {
    ...stage,
    DeploymentId: deployment.DeploymentId,
    LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${deployment.DeploymentId}'`,
  };
}

/** The automatic deployment that was just replaced served this stage alone. */
function dropAutomatic(state: GatewayState, scope: ApiScope, deploymentId: string | undefined): void {
  if (deploymentId === undefined) return;
  const key = scope.keyOf(deploymentId);
  if (!state.tables.deployments.get(key)?.AutoDeployed) return;
  state.tables.deployments.delete(key);
  state.tables.snapshots.delete(key);
}

function afterFailure(stage: StageRecord): StageRecord {
  return { ...stage, LastDeploymentStatusMessage: `Deployment attempt failed: ${NO_ROUTES}` };
}
