import type { Cloud, RequestContext } from "../../service.ts";
import { apiNotFound } from "./errors.ts";
import type { ApiRecord } from "../../http-api/api-parts.ts";
import type { Tables } from "./records.ts";

/** The state shared by all operations. */
export interface GatewayState {
  readonly cloud: Cloud;
  readonly tables: Tables;
  /** Notifies the data plane that its compiled form of this API is stale. */
  readonly onChange: (apiId: string) => void;
  /** Notifies the data plane that a stage's cached authorizer results are stale. */
  readonly onAuthorizersReset: (apiId: string, stageName: string) => void;
}

/** The key of an API and the prefix of what it owns. */
export interface ApiScope {
  readonly api: ApiRecord;
  readonly key: string;
  keyOf(id: string): string;
}

/** Finds the API that an operation names in the caller's region, or refuses as AWS does. */
export function findApi(state: GatewayState, apiId: string | undefined, context: RequestContext): ApiScope {
  const key = `${context.region}/${apiId}`;
  const api = state.tables.apis.get(key);
  if (!api) throw apiNotFound(context.account, apiId);
  return { api, key, keyOf: (id) => `${key}/${id}` };
}
