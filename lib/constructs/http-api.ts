import {
  type AddRoutesOptions,
  CfnApi,
  CfnStage,
  HttpApi as CdkHttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import {
  HTTP_API_PROPS,
  type HttpApiProps,
  type HttpRouteOptions,
  ROUTE_AUTH_OPTIONS,
  type RouteAuthOptions,
  SHARED_HTTP_API_PROPS,
  SHARED_STAGE_PROPS,
} from "./http-api-props.ts";
import { accessLogProblems, routeProblems } from "./http-api-rules.ts";
import { requireConstruct } from "./given-props.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addProblems } from "./problems.ts";
import { resourceOf } from "./resource-of.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

const ACCESS_LOG_FIELDS = [
  "requestId",
  "requestTime",
  "identity.sourceIp",
  "routeKey",
  "path",
  "status",
  "protocol",
  "responseLength",
  "responseLatency",
  "integrationErrorMessage",
  "authorizer.error",
];

/** An HTTP API (API Gateway v2) whose routes call functions through their aliases. */
export class HttpApi extends CdkHttpApi {
  /** The stage `$default`, deployed with every change. */
  readonly stage: HttpStage;
  readonly #integrations = new Map<IFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, props: HttpApiProps = {}) {
    super(scope, id, { ...pickProps(props, SHARED_HTTP_API_PROPS), createDefaultStage: false });
    refuseUnknownProps(this, props, HTTP_API_PROPS);
    const { accessLogSettings, accessLogRetention = RetentionDays.ONE_MONTH } = props;
    addProblems(this, accessLogProblems(props));
    this.stage = new HttpStage(this, "Stage", {
      httpApi: this,
      autoDeploy: true,
      ...pickProps(props, SHARED_STAGE_PROPS),
      domainMapping: props.defaultDomainMapping,
      ...(typeof accessLogSettings === "object" && { accessLogSettings }),
    });
    if (accessLogSettings === undefined) this.#logAccess(accessLogRetention);
    for (const [key, route] of Object.entries(props.routes ?? {})) {
      requireConstruct(
        this.node.path,
        route,
        `routes['${key}']`,
        "a Function, or an object with a 'function' and an 'authorizer'",
      );
      if ("functionArn" in route) this.addRoute(key, route);
      else this.#addRouteWith(key, route);
    }
  }

  /** The address, with a slash at its end: the API's own attribute, which is right on AWS and on a local cloud. */
  override get url(): string {
    return `${resourceOf(this, CfnApi).attrApiEndpoint}/`;
  }

  /** Adds a route: a method, a space and a path with variables in braces, or `$default`. */
  addRoute(key: string, fn: IFunction, options: RouteAuthOptions = {}): this {
    refuseUnknownProps(this, options, ROUTE_AUTH_OPTIONS, `routes['${key}']`);
    const authorizer = options.authorizer ?? this.defaultAuthorizer;
    requireConstruct(this.node.path, fn, `routes['${key}']`, "a Function");
    const isThere = this.node.tryFindChild(key) !== undefined;
    const problems = isThere
      ? [`routes: '${key}' is there already. Give each route once.`]
      : routeProblems({ key, authorizer });
    if (problems.length > 0) {
      addProblems(this, problems);
      return this;
    }
    const scopes = options.authorizationScopes ?? this.defaultAuthorizationScopes;
    new HttpRoute(this, key, {
      httpApi: this,
      routeKey: routeKeyOf(key),
      integration: this.#integrationOf(fn),
      authorizer,
      authorizationScopes: scopes === undefined ? undefined : [...scopes],
    });
    return this;
  }

  /** As in aws-cdk-lib, but a route without any authorizer is refused: it would be open to the internet. */
  override addRoutes(options: AddRoutesOptions): HttpRoute[] {
    const authorizer = options.authorizer ?? this.defaultAuthorizer;
    const methods = options.methods ?? [HttpMethod.ANY];
    addProblems(
      this,
      methods.flatMap((method) => routeProblems({ key: `${method} ${options.path}`, authorizer })),
    );
    return super.addRoutes(options);
  }

  #addRouteWith(key: string, { function: fn, ...auth }: HttpRouteOptions): void {
    this.addRoute(key, fn, auth);
  }

  #integrationOf(fn: IFunction): HttpLambdaIntegration {
    let integration = this.#integrations.get(fn);
    if (integration === undefined) {
      integration = new HttpLambdaIntegration(`${fn.node.id}Integration`, fn);
      this.#integrations.set(fn, integration);
    }
    return integration;
  }

  #logAccess(retention: RetentionDays): void {
    const logGroup = new LogGroup(this, "AccessLog", { retention, removalPolicy: dataRemovalPolicy(this) });
    const fields = ACCESS_LOG_FIELDS.map((field) => [field.replace(/^.*\./, ""), `$context.${field}`]);
    // The L2's format class is in the REST module, which costs more to load than this property.
    resourceOf(this.stage, CfnStage).accessLogSettings = {
      destinationArn: logGroup.logGroupArn,
      format: JSON.stringify(Object.fromEntries(fields)),
    };
  }
}

function routeKeyOf(key: string): HttpRouteKey {
  if (key === "$default") return HttpRouteKey.DEFAULT;
  const [method = "ANY", path = "/"] = key.split(/ (.*)/s);
  return HttpRouteKey.with(path, HttpMethod[method as keyof typeof HttpMethod]);
}
