import type { Checked } from "../kit/checked.ts";
import type { Api, Authorizer, Integration, Route, Stage } from "@aws-sdk/client-apigatewayv2";

/** A stored API. Its endpoint depends on the cloud's present address, so it is not stored. */
export type ApiRecord = Omit<Checked<Api>, "ApiEndpoint"> & { readonly ApiId: string; readonly Region: string };
/** A route of an API. */
export type RouteRecord = Checked<Route> & { readonly RouteId: string; readonly RouteKey: string };
/** An integration of an API. */
export type IntegrationRecord = Integration & { readonly IntegrationId: string };
/** An authorizer of an API. */
export type AuthorizerRecord = Checked<Authorizer> & { readonly AuthorizerId: string };
/** A stage of an API with its own settings. */
export type StageRecord = Checked<Stage> & { readonly StageName: string };
