import { CfnOutput } from "aws-cdk-lib";
import { CorsHttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpJwtAuthorizer } from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import { RetentionDays } from "aws-cdk-lib/aws-logs";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { Function, HttpApi, type HttpApiProps, HttpAuth } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, releaseOf, templateOf, testStack } from "../helpers/template.ts";

function apiWith({ key = "GET /todos/{id}", ...props }: HttpApiProps & { readonly key?: string }) {
  const { stack } = testStack();
  const fn = new Function(stack, "F", { entry: HELLO });
  const api = new HttpApi(stack, "Api", { routes: { [key]: fn }, ...props });
  return { stack, fn, api };
}

describe("an HTTP API", () => {
  test("renders the same template as before", () => {
    expect(normalised(templateOf(apiWith({ defaultAuthorizer: HttpAuth.none() }).stack))).toMatchSnapshot();
  });

  test("calls a function's alias, and only for its routes", () => {
    const template = templateOf(apiWith({ defaultAuthorizer: HttpAuth.none() }).stack);
    const { alias } = releaseOf(template).members[0]!;
    template.hasResourceProperties("AWS::ApiGatewayV2::Integration", {
      IntegrationUri: { Ref: alias },
      PayloadFormatVersion: "2.0",
    });
    template.hasResourceProperties("AWS::Lambda::Permission", {
      FunctionName: { Ref: alias },
      Principal: "apigateway.amazonaws.com",
      SourceArn: { "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp("/\\*/\\*/todos/\\{id\\}$")])] },
    });
  });

  test("shares one integration among the routes of a function", () => {
    const { stack, api, fn } = apiWith({ defaultAuthorizer: HttpAuth.none() });
    api.addRoute("POST /todos", fn);
    const template = templateOf(stack);
    template.resourceCountIs("AWS::ApiGatewayV2::Integration", 1);
    template.resourceCountIs("AWS::ApiGatewayV2::Route", 2);
  });

  test("has the address that API Gateway gives it", () => {
    const { stack, api } = apiWith({ defaultAuthorizer: HttpAuth.none() });
    new CfnOutput(stack, "Url", { value: api.url });
    const template = templateOf(stack);
    const { id } = onlyResource(template, "AWS::ApiGatewayV2::Api");
    template.hasOutput("Url", { Value: { "Fn::Join": ["", [{ "Fn::GetAtt": [id, "ApiEndpoint"] }, "/"]] } });
  });

  test("accepts signed requests", () => {
    templateOf(apiWith({ defaultAuthorizer: HttpAuth.iam() }).stack).hasResourceProperties("AWS::ApiGatewayV2::Route", {
      AuthorizationType: "AWS_IAM",
    });
  });

  test("accepts tokens of an issuer", () => {
    const defaultAuthorizer = HttpAuth.jwt({
      jwtIssuer: "https://id.example.com",
      jwtAudience: ["app"],
      authorizationScopes: ["todo.read"],
    });
    const template = templateOf(apiWith({ defaultAuthorizer }).stack);
    template.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      AuthorizerType: "JWT",
      JwtConfiguration: { Issuer: "https://id.example.com", Audience: ["app"] },
      IdentitySource: ["$request.header.Authorization"],
    });
    template.hasResourceProperties("AWS::ApiGatewayV2::Route", {
      AuthorizationType: "JWT",
      AuthorizationScopes: ["todo.read"],
    });
  });

  test("authorizes with a function through its alias", () => {
    const { stack, api, fn } = apiWith({ defaultAuthorizer: HttpAuth.none() });
    api.addRoute("GET /secret", fn, { authorizer: HttpAuth.function(new Function(stack, "Judge", { entry: HELLO })) });
    const template = templateOf(stack);
    const { alias } = releaseOf(template).members[1]!;
    template.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      AuthorizerType: "REQUEST",
      EnableSimpleResponses: true,
      AuthorizerUri: { "Fn::Join": ["", Match.arrayWith([{ Ref: alias }])] },
    });
  });

  test("has routes with an authorizer of their own", () => {
    const { stack, api, fn } = apiWith({ defaultAuthorizer: HttpAuth.iam() });
    api.addRoute("GET /health", fn, { authorizer: HttpAuth.none() });
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::ApiGatewayV2::Route", { RouteKey: "GET /health", AuthorizationType: "NONE" });
  });

  test("throttles, logs and allows the origins that are given", () => {
    const template = templateOf(
      apiWith({
        defaultAuthorizer: HttpAuth.none(),
        throttle: { rateLimit: 100, burstLimit: 20 },
        corsPreflight: { allowOrigins: ["https://example.com"], allowMethods: [CorsHttpMethod.GET] },
      }).stack,
    );
    template.hasResourceProperties("AWS::ApiGatewayV2::Stage", {
      StageName: "$default",
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 20 },
      AccessLogSettings: { Format: Match.stringLikeRegexp('"requestId":"\\$context.requestId"') },
    });
    template.hasResourceProperties("AWS::ApiGatewayV2::Api", {
      CorsConfiguration: { AllowOrigins: ["https://example.com"], AllowMethods: ["GET"] },
    });
  });

  test("has no log with accessLogSettings: false", () => {
    templateOf(apiWith({ defaultAuthorizer: HttpAuth.none(), accessLogSettings: false }).stack).hasResourceProperties(
      "AWS::ApiGatewayV2::Stage",
      { AccessLogSettings: Match.absent() },
    );
  });

  test("takes authorizers of aws-cdk-lib, with default scopes, for addRoutes too", () => {
    const { stack } = testStack();
    const fn = new Function(stack, "F", { entry: HELLO });
    const api = new HttpApi(stack, "Api", {
      defaultAuthorizer: new HttpJwtAuthorizer("Jwt", "https://id.example.com", { jwtAudience: ["app"] }),
      defaultAuthorizationScopes: ["todo.read"],
      routes: { "GET /a": fn, "GET /b": { function: fn, authorizationScopes: ["todo.write"] } },
      stageVariables: { color: "blue" },
      accessLogRetention: RetentionDays.ONE_DAY,
    });
    api.addRoutes({ path: "/c", integration: new HttpLambdaIntegration("C", fn) });
    const template = templateOf(stack);
    const routes = Object.values(template.findResources("AWS::ApiGatewayV2::Route")).map(
      ({ Properties }) => Properties as { RouteKey: string; AuthorizationType: string; AuthorizationScopes: string[] },
    );
    expect(routes.map(({ RouteKey, AuthorizationScopes: [scope] }) => `${RouteKey} ${scope}`)).toEqual([
      "GET /a todo.read",
      "GET /b todo.write",
      "ANY /c todo.read",
    ]);
    expect(new Set(routes.map(({ AuthorizationType }) => AuthorizationType))).toEqual(new Set(["JWT"]));
    template.hasResourceProperties("AWS::ApiGatewayV2::Stage", { StageVariables: { color: "blue" } });
    template.hasResourceProperties("AWS::Logs::LogGroup", { RetentionInDays: 1, LogGroupName: Match.absent() });
  });

  test("fails when addRoutes would open a route by omission", () => {
    const { stack } = testStack();
    const fn = new Function(stack, "F", { entry: HELLO });
    new HttpApi(stack, "Api").addRoutes({ path: "/c", integration: new HttpLambdaIntegration("C", fn) });
    expect(() => templateOf(stack)).toThrow("[Test/Api] authorizer: 'ANY /c' has none.");
  });

  test("has a default route", () => {
    templateOf(apiWith({ defaultAuthorizer: HttpAuth.none(), key: "$default" }).stack).hasResourceProperties(
      "AWS::ApiGatewayV2::Route",
      { RouteKey: "$default" },
    );
  });

  test.each([
    ["a route has no authorizer", {}, "[Test/Api] authorizer: 'GET /todos/{id}' has none."],
    [
      "a route has no method",
      { defaultAuthorizer: HttpAuth.none(), key: "/todos" },
      "routes: '/todos' is not a route.",
    ],
    [
      "a variable is part of a segment",
      { defaultAuthorizer: HttpAuth.none(), key: "GET /a{id}" },
      "'a{id}' must be a whole segment",
    ],
    [
      "a greedy variable is not the last",
      { defaultAuthorizer: HttpAuth.none(), key: "GET /{a+}/b" },
      "'{a+}' must be the last segment",
    ],
    [
      "a variable is named twice",
      { defaultAuthorizer: HttpAuth.none(), key: "GET /{a}/{a}" },
      "a variable is named twice",
    ],
  ])("fails when %s", (_, props, message) => {
    expect(() => templateOf(apiWith(props).stack)).toThrow(message);
  });
});
