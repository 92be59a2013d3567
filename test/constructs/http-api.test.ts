import { CfnOutput } from "aws-cdk-lib";
import { CorsHttpMethod } from "aws-cdk-lib/aws-apigatewayv2";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { Function, HttpApi, type HttpApiProps, HttpAuth } from "../../lib/index.ts";
import { HELLO, normalised, onlyResource, releaseOf, templateOf, testStack } from "../helpers/template.ts";

function apiWith(props: Partial<HttpApiProps> & { readonly key?: string }) {
  const { stack } = testStack();
  const fn = new Function(stack, "F", { entry: HELLO });
  const api = new HttpApi(stack, "Api", { routes: { [props.key ?? "GET /todos/{id}"]: fn }, ...props });
  return { stack, fn, api };
}

describe("an HTTP API", () => {
  test("looks as it always did", () => {
    expect(normalised(templateOf(apiWith({ auth: HttpAuth.none() }).stack))).toMatchSnapshot();
  });

  test("calls a function's alias, and only for its routes", () => {
    const template = templateOf(apiWith({ auth: HttpAuth.none() }).stack);
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
    const { stack, api, fn } = apiWith({ auth: HttpAuth.none() });
    api.addRoute("POST /todos", fn);
    const template = templateOf(stack);
    template.resourceCountIs("AWS::ApiGatewayV2::Integration", 1);
    template.resourceCountIs("AWS::ApiGatewayV2::Route", 2);
  });

  test("tells the address that the endpoint gives it", () => {
    const { stack, api } = apiWith({ auth: HttpAuth.none() });
    new CfnOutput(stack, "Url", { value: api.url });
    const template = templateOf(stack);
    const { id } = onlyResource(template, "AWS::ApiGatewayV2::Api");
    template.hasOutput("Url", { Value: { "Fn::Join": ["", [{ "Fn::GetAtt": [id, "ApiEndpoint"] }, "/"]] } });
  });

  test("takes signed requests", () => {
    templateOf(apiWith({ auth: HttpAuth.iam() }).stack).hasResourceProperties("AWS::ApiGatewayV2::Route", {
      AuthorizationType: "AWS_IAM",
    });
  });

  test("takes tokens of an issuer", () => {
    const auth = HttpAuth.jwt({ issuer: "https://id.example.com", audience: ["app"], scopes: ["todo.read"] });
    const template = templateOf(apiWith({ auth }).stack);
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

  test("asks a function through its alias", () => {
    const { stack, api, fn } = apiWith({ auth: HttpAuth.none() });
    api.addRoute("GET /secret", fn, { auth: HttpAuth.function(new Function(stack, "Judge", { entry: HELLO })) });
    const template = templateOf(stack);
    const { alias } = releaseOf(template).members[1]!;
    template.hasResourceProperties("AWS::ApiGatewayV2::Authorizer", {
      AuthorizerType: "REQUEST",
      EnableSimpleResponses: true,
      AuthorizerUri: { "Fn::Join": ["", Match.arrayWith([{ Ref: alias }])] },
    });
  });

  test("lets a route say who may call it", () => {
    const { stack, api, fn } = apiWith({ auth: HttpAuth.iam() });
    api.addRoute("GET /health", fn, { auth: HttpAuth.none() });
    const template = templateOf(stack);
    template.hasResourceProperties("AWS::ApiGatewayV2::Route", { RouteKey: "GET /health", AuthorizationType: "NONE" });
  });

  test("throttles, logs and answers other origins as told", () => {
    const template = templateOf(
      apiWith({
        auth: HttpAuth.none(),
        throttle: { rateLimit: 100, burstLimit: 20 },
        cors: { allowOrigins: ["https://example.com"], allowMethods: [CorsHttpMethod.GET] },
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

  test("logs nothing where it is told so", () => {
    templateOf(apiWith({ auth: HttpAuth.none(), accessLogs: false }).stack).hasResourceProperties(
      "AWS::ApiGatewayV2::Stage",
      { AccessLogSettings: Match.absent() },
    );
  });

  test("has a default route", () => {
    templateOf(apiWith({ auth: HttpAuth.none(), key: "$default" }).stack).hasResourceProperties(
      "AWS::ApiGatewayV2::Route",
      { RouteKey: "$default" },
    );
  });

  test.each([
    ["nobody said who may call it", {}, "[Test/Api] auth: nobody said who may call 'GET /todos/{id}'."],
    ["a route has no method", { auth: HttpAuth.none(), key: "/todos" }, "routes: '/todos' is no route."],
    [
      "a variable is part of a segment",
      { auth: HttpAuth.none(), key: "GET /a{id}" },
      "'a{id}' must be a whole segment",
    ],
    [
      "a greedy variable is not the last",
      { auth: HttpAuth.none(), key: "GET /{a+}/b" },
      "'{a+}' must be the last segment",
    ],
    ["a variable is named twice", { auth: HttpAuth.none(), key: "GET /{a}/{a}" }, "a variable is named twice"],
  ])("fails when %s", (_, props, message) => {
    expect(() => templateOf(apiWith(props).stack)).toThrow(message);
  });
});
