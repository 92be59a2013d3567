import type { ApiAddress } from "../../../http-api/api-address.ts";
import type { ApiRecord, StageRecord } from "../../../http-api/api-parts.ts";
import { compileRoutes } from "../../../http-api/match-route.ts";
import type { ServedStage } from "../../../http-api/served-stage.ts";
import { snapshotOf } from "../auto-deploy.ts";
import type { GatewayState } from "../context.ts";
import type { Tables } from "../records.ts";

type CompiledStage = Omit<ServedStage, "target" | "account">;

interface ServedStages {
  /** The stage that an address means: the one that the path's first segment names, else `$default`. */
  find(address: ApiAddress): ServedStage | undefined;
  forget(apiId: string): void;
}

/** The stages as the gateway serves them, compiled on first use and again after each change. */
export function createServedStages(account: string, tables: Tables): ServedStages {
  const apis = new Map<string, ReadonlyMap<string, CompiledStage>>();
  const stagesOf = (apiId: string) => {
    const known = apis.get(apiId);
    if (known) return known;
    const api = findAnywhere(tables, apiId);
    if (!api) return undefined;
    const compiled = compileApi(tables, api);
    apis.set(apiId, compiled);
    return compiled;
  };
  return {
    find(address) {
      const stages = stagesOf(address.apiId);
      const stage = stages && pickStage(stages, address.target);
      if (!stage || stage.api.DisableExecuteApiEndpoint) return undefined;
      if (address.region !== undefined && address.region !== stage.api.Region) return undefined;
      return { ...stage, account, target: address.target };
    },
    forget: (apiId) => void apis.delete(apiId),
  };
}

function pickStage(stages: ReadonlyMap<string, CompiledStage>, target: string): CompiledStage | undefined {
  const first = /^\/([^/?]*)/.exec(target)?.[1] ?? "";
  return (first === "$default" ? undefined : stages.get(first)) ?? stages.get("$default");
}

/** An API's id says nothing of its region, and the key begins with the region. */
function findAnywhere(tables: Tables, apiId: string): ApiRecord | undefined {
  return tables.apis.list().find(([, api]) => api.ApiId === apiId)?.[1];
}

function compileApi(tables: Tables, api: ApiRecord): ReadonlyMap<string, CompiledStage> {
  const key = `${api.Region}/${api.ApiId}`;
  const compiled = new Map<string, CompiledStage>();
  for (const [, stage] of tables.stages.list(`${key}/`)) {
    const found = compileStage(tables, api, key, stage);
    if (found) compiled.set(stage.StageName, found);
  }
  return compiled;
}

/** A stage without a deployment serves nothing. */
function compileStage(tables: Tables, api: ApiRecord, key: string, stage: StageRecord): CompiledStage | undefined {
  if (stage.DeploymentId === undefined) return undefined;
  const scope = { api, key, keyOf: (id: string) => `${key}/${id}` };
  const snapshot = stage.AutoDeploy
    ? snapshotOf({ tables } as GatewayState, scope)
    : tables.snapshots.get(scope.keyOf(stage.DeploymentId));
  if (!snapshot) return undefined;
  const own = new Map(Object.entries(stage.RouteSettings ?? {}));
  return {
    api,
    name: stage.StageName,
    variables: stage.StageVariables ?? {},
    routes: compileRoutes(snapshot.routes),
    integrations: new Map(snapshot.integrations.map((one) => [one.IntegrationId, one])),
    authorizers: new Map(snapshot.authorizers.map((one) => [one.AuthorizerId, one])),
    cors: snapshot.cors,
    record: stage,
    settingsOf: (routeKey) => ({ ...stage.DefaultRouteSettings, ...own.get(routeKey) }),
    prefix: stage.StageName === "$default" ? "" : `/${stage.StageName}`,
  };
}
