import type { Input } from "../../kit/operation-types.ts";
import type { RequestContext } from "../../service.ts";
import { autoDeployStage, snapshotOf } from "./auto-deploy.ts";
import { findDeployment } from "./deployments.ts";
import { findApi, type ApiScope, type GatewayState } from "./context.ts";
import { pageOf } from "./page.ts";
import { patched, picked } from "./patch.ts";
import { badRequest, conflict, notFound } from "./errors.ts";
import { checkStage } from "./stage-rules.ts";
import type { StageRecord } from "../../http-api/api-parts.ts";
import { valuesUnder } from "./records.ts";

const SETTINGS = [
  "AccessLogSettings",
  "AutoDeploy",
  "ClientCertificateId",
  "DefaultRouteSettings",
  "DeploymentId",
  "Description",
  "RouteSettings",
  "StageVariables",
] as const;

/** CreateStage: with AutoDeploy it serves the API as it is from the first moment. */
export function createStage(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateStage">,
  context: RequestContext,
): StageRecord {
  const scope = findApi(state, input.ApiId, context);
  const now = new Date(state.cloud.clock.now());
  const stage: StageRecord = {
    AutoDeploy: false,
    DefaultRouteSettings: { DetailedMetricsEnabled: false },
    RouteSettings: {},
    StageVariables: {},
    Tags: {},
    ...picked(input, [...SETTINGS, "Tags"]),
    CreatedDate: now,
    LastUpdatedDate: now,
    StageName: input.StageName ?? "",
  };
  checkStage(stage, scope.api.ApiId);
  if (state.tables.stages.get(scope.keyOf(stage.StageName))) throw conflict("Stage already exists");
  checkDeployment(state, scope, stage, input.DeploymentId);
  return keep(state, scope, stage);
}

/** Returns a stage. `NotFoundException` where the API has none of this name. */
export function getStage(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetStage">,
  context: RequestContext,
): StageRecord {
  return findStage(state, findApi(state, input.ApiId, context), input.StageName);
}

/** Lists an API's stages, a page at a time. */
export function getStages(state: GatewayState, input: Input<"apigatewayv2", "GetStages">, context: RequestContext) {
  const scope = findApi(state, input.ApiId, context);
  return pageOf(valuesUnder(state.tables.stages, `${scope.key}/`), input);
}

/** UpdateStage: route settings and stage variables are merged by their keys, the rest is replaced. */
export function updateStage(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateStage">,
  context: RequestContext,
): StageRecord {
  const scope = findApi(state, input.ApiId, context);
  const before = findStage(state, scope, input.StageName);
  const stage: StageRecord = {
    ...patched(before, input, SETTINGS),
    LastUpdatedDate: new Date(state.cloud.clock.now()),
    ...(input.StageVariables && { StageVariables: mergedVariables(before.StageVariables, input.StageVariables) }),
    ...(input.RouteSettings && { RouteSettings: { ...before.RouteSettings, ...input.RouteSettings } }),
    ...(input.DefaultRouteSettings && {
      DefaultRouteSettings: { ...before.DefaultRouteSettings, ...input.DefaultRouteSettings },
    }),
  };
  checkStage(stage, scope.api.ApiId);
  checkDeployment(state, scope, stage, input.DeploymentId);
  if (before.AutoDeploy && !stage.AutoDeploy) freeze(state, scope, before.DeploymentId);
  return keep(state, scope, stage);
}

/** Deletes a stage: its invoke URL answers 404 from then on. */
export function deleteStage(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteStage">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const { StageName } = findStage(state, scope, input.StageName);
  const mapped = valuesUnder(state.tables.apiMappings, `${context.region}/`).some(
    (mapping) => mapping.ApiId === scope.api.ApiId && mapping.Stage === StageName,
  );
  if (mapped) throw badRequest("Deleting stage failed. Please remove all base path mappings related to it first.");
  state.tables.stages.delete(scope.keyOf(StageName));
  state.onChange(scope.api.ApiId);
  return {};
}

/** Switches off a stage's access log. */
export function deleteAccessLogSettings(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteAccessLogSettings">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const { AccessLogSettings: _gone, ...stage } = findStage(state, scope, input.StageName);
  keep(state, scope, stage);
  return {};
}

/** Removes a route's own throttling settings: the stage's defaults hold again. */
export function deleteRouteSettings(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteRouteSettings">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  const stage = findStage(state, scope, input.StageName);
  const settings = Object.entries(stage.RouteSettings ?? {});
  if (!settings.some(([key]) => key === input.RouteKey)) throw notFound("RouteSettings", input.RouteKey);
  keep(state, scope, {
    ...stage,
    RouteSettings: Object.fromEntries(settings.filter(([key]) => key !== input.RouteKey)),
  });
  return {};
}

/** Empties the caches of the stage's authorizers. */
export function resetAuthorizersCache(
  state: GatewayState,
  input: Input<"apigatewayv2", "ResetAuthorizersCache">,
  context: RequestContext,
): object {
  const scope = findApi(state, input.ApiId, context);
  state.onAuthorizersReset(scope.api.ApiId, findStage(state, scope, input.StageName).StageName);
  return {};
}

function findStage(state: GatewayState, scope: ApiScope, stageName: string | undefined): StageRecord {
  const stage = state.tables.stages.get(scope.keyOf(stageName ?? ""));
  if (!stage) throw notFound("Stage", stageName);
  return stage;
}

function checkDeployment(state: GatewayState, scope: ApiScope, stage: StageRecord, asked: string | undefined): void {
  if (asked === undefined || asked === "") return;
  if (stage.AutoDeploy) throw badRequest("DeploymentId cannot be specified when AutoDeploy is set to true");
  findDeployment(state, scope, asked);
}

function keep(state: GatewayState, scope: ApiScope, stage: StageRecord): StageRecord {
  if (!stage.AutoDeploy) state.tables.stages.put(scope.keyOf(stage.StageName), stage);
  const kept = stage.AutoDeploy ? autoDeployStage(state, scope, stage) : stage;
  state.onChange(scope.api.ApiId);
  return kept;
}

/** AutoDeploy was switched off: the stage keeps serving its present routes, so they are written out. */
function freeze(state: GatewayState, scope: ApiScope, deploymentId: string | undefined): void {
  if (deploymentId !== undefined) state.tables.snapshots.put(scope.keyOf(deploymentId), snapshotOf(state, scope));
}

function mergedVariables(before: Record<string, string> | undefined, input: Record<string, string>) {
  return Object.fromEntries(Object.entries({ ...before, ...input }).filter(([, value]) => value !== ""));
}
