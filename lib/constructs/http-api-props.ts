import type {
  CorsPreflightOptions,
  DomainMappingOptions,
  HttpApiProps as CdkHttpApiProps,
  HttpStageOptions,
  IHttpRouteAuthorizer,
} from "aws-cdk-lib/aws-apigatewayv2";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { PropNames, SharedProps } from "./known-props.ts";

/** How a route is authorised. The names are those of aws-cdk-lib's `addRoutes`. */
export interface RouteAuthOptions {
  /**
   * Who may call the route: `HttpAuth`, or an authorizer of aws-cdk-lib.
   * @default - the API's `defaultAuthorizer`
   */
  readonly authorizer?: IHttpRouteAuthorizer;
  /**
   * Scopes, of which a token needs one.
   * @default - the API's `defaultAuthorizationScopes`
   */
  readonly authorizationScopes?: readonly string[];
}

/** A route that has its own authorizer. */
export interface HttpRouteOptions extends RouteAuthOptions {
  /** The function that answers; one of ours is called through its alias. */
  readonly function: IFunction;
}

const ROUTE_AUTH_NAMES: PropNames<RouteAuthOptions> = { authorizationScopes: true, authorizer: true };

/** The names of the options of `addRoute`. */
export const ROUTE_AUTH_OPTIONS: readonly string[] = Object.keys(ROUTE_AUTH_NAMES);

/** Props that `HttpApi` of aws-cdk-lib has, with the same meaning, and that are handed on to it as they are. */
export const SHARED_HTTP_API_PROPS = [
  "apiName",
  "corsPreflight",
  "defaultAuthorizationScopes",
  "defaultAuthorizer",
  "description",
  "disableExecuteApiEndpoint",
  "ipAddressType",
  "routeSelectionExpression",
] as const satisfies readonly (keyof CdkHttpApiProps)[];

/** Props of the stage that aws-cdk-lib's `HttpStage` has, with the same meaning. */
export const SHARED_STAGE_PROPS = [
  "detailedMetricsEnabled",
  "stageVariables",
  "throttle",
] as const satisfies readonly (keyof HttpStageOptions)[];

type SharedHttpApiProps = SharedProps<CdkHttpApiProps, typeof SHARED_HTTP_API_PROPS>;
type SharedStageProps = SharedProps<HttpStageOptions, typeof SHARED_STAGE_PROPS>;

/** Properties of an HTTP API and its stage. What is not described here is as in aws-cdk-lib's `HttpApi` and `HttpStage`. */
export interface HttpApiProps extends SharedHttpApiProps, SharedStageProps {
  /**
   * Who may call the routes that have no authorizer of their own: `HttpAuth`, or an authorizer of aws-cdk-lib.
   * `HttpAuth.none()` opens them to the internet.
   * @default - each route needs its own
   */
  readonly defaultAuthorizer?: IHttpRouteAuthorizer;
  /**
   * Routes by their key: `{ "POST /todos": create, "$default": other }`.
   * @default - none; see `addRoute`
   */
  readonly routes?: Readonly<Record<string, IFunction | HttpRouteOptions>>;
  /**
   * Which pages of other origins may call the API.
   * @default - none
   */
  readonly corsPreflight?: CorsPreflightOptions;
  /**
   * Where and how each request is logged; false for no log.
   * @default - JSON lines in a log group of the API's own
   */
  readonly accessLogSettings?: HttpStageOptions["accessLogSettings"] | false;
  /**
   * How long the log group of its own is kept. Not with `accessLogSettings`.
   * @default RetentionDays.ONE_MONTH
   */
  readonly accessLogRetention?: RetentionDays;
  /**
   * A custom domain.
   * @default - only the API's own address
   */
  readonly defaultDomainMapping?: DomainMappingOptions;
}

const OWN_HTTP_API_PROPS: PropNames<Omit<HttpApiProps, keyof SharedHttpApiProps | keyof SharedStageProps>> = {
  accessLogRetention: true,
  accessLogSettings: true,
  defaultDomainMapping: true,
  routes: true,
};

/** The names of an HTTP API's props. */
export const HTTP_API_PROPS: readonly string[] = [
  ...SHARED_HTTP_API_PROPS,
  ...SHARED_STAGE_PROPS,
  ...Object.keys(OWN_HTTP_API_PROPS),
];
