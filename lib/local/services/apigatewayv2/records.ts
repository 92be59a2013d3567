import type { Checked } from "../../kit/checked.ts";
import type { ApiMapping, Cors, Deployment, DomainName } from "@aws-sdk/client-apigatewayv2";
import type {
  ApiRecord,
  AuthorizerRecord,
  IntegrationRecord,
  RouteRecord,
  StageRecord,
} from "../../http-api/api-parts.ts";
import type { Collection, Store } from "../../state/store.ts";

/** A deployment as it is stored. */
export type DeploymentRecord = Deployment & { readonly DeploymentId: string };
/** A custom domain name as it is stored. */
export type DomainNameRecord = Checked<DomainName> & { readonly DomainName: string };
/** A mapping of a domain name as it is stored. */
export type ApiMappingRecord = Checked<ApiMapping> & { readonly ApiMappingId: string };

/** What a deployment froze: all that decides how a request is answered, but for the stage's own settings. */
export interface Snapshot {
  readonly routes: readonly RouteRecord[];
  readonly integrations: readonly IntegrationRecord[];
  readonly authorizers: readonly AuthorizerRecord[];
  readonly cors: Cors | undefined;
}

/** The service's records. Keys are `<region>/<api id>` and, for what an API owns, `<region>/<api id>/<id>`. */
export interface Tables {
  readonly apis: Collection<ApiRecord>;
  readonly routes: Collection<RouteRecord>;
  readonly integrations: Collection<IntegrationRecord>;
  readonly authorizers: Collection<AuthorizerRecord>;
  readonly stages: Collection<StageRecord>;
  readonly deployments: Collection<DeploymentRecord>;
  readonly snapshots: Collection<Snapshot>;
  readonly domainNames: Collection<DomainNameRecord>;
  readonly apiMappings: Collection<ApiMappingRecord>;
}

/** Opens the collections of the service. */
export function openTables(store: Store): Tables {
  return {
    apis: store.collection("apigatewayv2.apis"),
    routes: store.collection("apigatewayv2.routes"),
    integrations: store.collection("apigatewayv2.integrations"),
    authorizers: store.collection("apigatewayv2.authorizers"),
    stages: store.collection("apigatewayv2.stages"),
    deployments: store.collection("apigatewayv2.deployments"),
    snapshots: store.collection("apigatewayv2.snapshots"),
    domainNames: store.collection("apigatewayv2.domain-names"),
    apiMappings: store.collection("apigatewayv2.api-mappings"),
  };
}

/** The tables whose records belong to one API and go with it. */
export const OWNED_BY_API = ["routes", "integrations", "authorizers", "stages", "deployments", "snapshots"] as const;

/** All records under a key's prefix, in the order of keys. */
export function valuesUnder<T>(collection: Collection<T>, prefix: string): T[] {
  return collection.list(prefix).map(([, value]) => value);
}
