import type { Cors, RouteSettings } from "@aws-sdk/client-apigatewayv2";
import type { ApiRecord, AuthorizerRecord, IntegrationRecord, StageRecord } from "./api-parts.ts";
import type { RouteTable } from "./match-route.ts";

/** A stage as requests meet it: what is deployed on it, compiled, and its own settings. */
export interface ServedStage {
  /** The account that owns the API, twelve digits. */
  readonly account: string;
  readonly api: ApiRecord;
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly routes: RouteTable;
  readonly integrations: ReadonlyMap<string, IntegrationRecord>;
  readonly authorizers: ReadonlyMap<string, AuthorizerRecord>;
  readonly cors: Cors | undefined;
  readonly record: StageRecord;
  /** The settings of a route: its own over the stage's. */
  settingsOf(routeKey: string): RouteSettings;
  /** What the stage's name puts before the routes' paths: `/dev`, or nothing for `$default`. */
  readonly prefix: string;
  /** The request's path and query as it came, for the API. */
  readonly target: string;
}
