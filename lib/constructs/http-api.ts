import {
  type CfnApi,
  type CfnStage,
  type CorsPreflightOptions,
  type DomainMappingOptions,
  HttpApi as CdkHttpApi,
  HttpRoute,
  HttpRouteKey,
  HttpMethod,
  HttpStage,
  type ThrottleSettings,
} from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { routeProblems } from "./http-api-rules.ts";
import type { HttpAuth } from "./http-auth.ts";
import { addProblems } from "./problems.ts";
import { dataRemovalPolicy } from "./stage-settings.ts";

/** A route that needs more than a function. */
export interface HttpRouteOptions {
  /** The function that answers; ours is called through its alias. */
  readonly function: IFunction;
  /**
   * Who may call the route.
   * @default - what the API says
   */
  readonly auth?: HttpAuth;
}

/** Properties of an HTTP API. */
export interface HttpApiProps {
  /** Who may call the routes that do not say so themselves. `HttpAuth.none()` opens them to the internet. */
  readonly auth?: HttpAuth;
  /**
   * Routes by their key: `{ "POST /todos": create, "$default": other }`.
   * @default - none; see `addRoute`
   */
  readonly routes?: Readonly<Record<string, IFunction | HttpRouteOptions>>;
  /**
   * Which web pages of other origins may call the API.
   * @default - none
   */
  readonly cors?: CorsPreflightOptions;
  /**
   * Requests a second and in a burst, over all routes.
   * @default - the account's limits
   */
  readonly throttle?: ThrottleSettings;
  /**
   * Logs each request as JSON: for how long it is kept, or false for no log.
   * @default RetentionDays.ONE_MONTH
   */
  readonly accessLogs?: RetentionDays | false;
  /** @default - the construct's id */
  readonly apiName?: string;
  /** @default - none */
  readonly description?: string;
  /**
   * A custom domain.
   * @default - only the API's own address
   */
  readonly domain?: DomainMappingOptions;
}

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
  readonly #auth: HttpAuth | undefined;
  readonly #integrations = new Map<IFunction, HttpLambdaIntegration>();

  constructor(scope: Construct, id: string, props: HttpApiProps) {
    super(scope, id, {
      apiName: props.apiName,
      description: props.description,
      corsPreflight: props.cors,
      createDefaultStage: false,
    });
    this.#auth = props.auth;
    this.stage = new HttpStage(this, "Stage", {
      httpApi: this,
      autoDeploy: true,
      throttle: props.throttle,
      domainMapping: props.domain,
    });
    if (props.accessLogs !== false) this.#logAccess(props.accessLogs ?? RetentionDays.ONE_MONTH);
    for (const [key, route] of Object.entries(props.routes ?? {})) {
      if ("function" in route) this.addRoute(key, route.function, route);
      else this.addRoute(key, route);
    }
  }

  /** The address, with a slash at its end: what the endpoint itself says, so it holds on AWS and on a local one. */
  override get url(): string {
    return `${(this.node.defaultChild as CfnApi).attrApiEndpoint}/`;
  }

  /** Adds a route: a method, a space and a path with variables in braces, or `$default`. */
  addRoute(key: string, fn: IFunction, options: Omit<HttpRouteOptions, "function"> = {}): void {
    const auth = options.auth ?? this.#auth;
    const problems = routeProblems({ key, auth });
    if (problems.length > 0 || auth === undefined) {
      addProblems(this, problems);
      return;
    }
    new HttpRoute(this, key, {
      httpApi: this,
      routeKey: routeKeyOf(key),
      integration: this.#integrationOf(fn),
      authorizer: auth.authorizer,
      authorizationScopes: auth.scopes === undefined ? undefined : [...auth.scopes],
    });
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
    // The L2's format class lives in the REST module, which costs more to load than this property.
    (this.stage.node.defaultChild as CfnStage).accessLogSettings = {
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
