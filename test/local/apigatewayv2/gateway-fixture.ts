import { request as httpRequest, type IncomingHttpHeaders } from "node:http";
import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  type CreateApiCommandInput,
  type CreateIntegrationCommandInput,
  type CreateRouteCommandInput,
  type CreateStageCommandInput,
} from "@aws-sdk/client-apigatewayv2";
import { AddPermissionCommand } from "@aws-sdk/client-lambda";
import { startLambda, type LambdaFixture } from "../lambda/lambda-fixture.ts";

/** A cloud with Lambda and API Gateway, and the few steps that every test of the gateway takes. */
export interface GatewayFixture extends LambdaFixture {
  readonly api: ApiGatewayV2Client;
  newApi(more?: Partial<CreateApiCommandInput>): Promise<TestApi>;
  /** Lets API Gateway invoke a function. */
  permit(functionName: string, sourceArn?: string): Promise<void>;
}

export interface TestApi {
  readonly id: string;
  /** Adds a route to a function. */
  lambdaRoute(
    key: string,
    functionName: string,
    more?: { integration?: Partial<CreateIntegrationCommandInput>; route?: Partial<CreateRouteCommandInput> },
  ): Promise<void>;
  /** Adds a route with any integration. */
  route(
    key: string,
    integration: Partial<CreateIntegrationCommandInput>,
    more?: Partial<CreateRouteCommandInput>,
  ): Promise<void>;
  stage(name: string, more?: Partial<CreateStageCommandInput>): Promise<void>;
  call(target: string, options?: CallOptions): Promise<Answer>;
}

export interface CallOptions {
  readonly method?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
  /** Calls by the API's own host instead of by the path. */
  readonly host?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
  readonly text: string;
  /** The body, parsed. */
  readonly json: Record<string, unknown>;
}

export const functionArn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

export async function startGateway(): Promise<GatewayFixture> {
  const fixture = await startLambda();
  const api = fixture.cloud.client(ApiGatewayV2Client);
  return {
    ...fixture,
    api,
    async newApi(more = {}) {
      const { ApiId } = await api.send(new CreateApiCommand({ Name: "test", ProtocolType: "HTTP", ...more }));
      return testApi(fixture, api, ApiId!);
    },
    async permit(FunctionName, SourceArn) {
      await fixture.lambda.send(
        new AddPermissionCommand({
          FunctionName,
          StatementId: `s${Math.random().toString(36).slice(2)}`,
          Action: "lambda:InvokeFunction",
          Principal: "apigateway.amazonaws.com",
          ...(SourceArn !== undefined && { SourceArn }),
        }),
      );
    },
  };
}

function testApi(fixture: LambdaFixture, api: ApiGatewayV2Client, ApiId: string): TestApi {
  const own: TestApi = {
    id: ApiId,
    async route(RouteKey, integration, more = {}) {
      const { IntegrationId } = await api.send(
        new CreateIntegrationCommand({ ApiId, IntegrationType: "HTTP_PROXY", ...integration }),
      );
      await api.send(new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}`, ...more }));
    },
    lambdaRoute: (key, name, { integration, route } = {}) =>
      own.route(
        key,
        {
          IntegrationType: "AWS_PROXY",
          IntegrationUri: functionArn(name),
          PayloadFormatVersion: "2.0",
          ...integration,
        },
        route,
      ),
    async stage(StageName, more = {}) {
      await api.send(new CreateStageCommand({ ApiId, StageName, AutoDeploy: true, ...more }));
    },
    call: (target, options = {}) => call(fixture.cloud.port, ApiId, target, options),
  };
  return own;
}

/** A request as it is written: nothing of the target is normalised. */
function call(port: number, apiId: string, target: string, options: CallOptions): Promise<Answer> {
  const path = options.host === undefined ? `/_aws/execute-api/${apiId}${target}` : target;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const request = httpRequest(
    {
      host: "127.0.0.1",
      port,
      path,
      method: options.method ?? "GET",
      headers: { ...options.headers, ...(options.host !== undefined && { host: options.host }) },
      agent: false,
    },
    (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString("utf8");
        resolve({
          status: response.statusCode!,
          headers: response.headers,
          bytes,
          text,
          get json() {
            return JSON.parse(text) as Answer["json"];
          },
        });
      });
    },
  );
  request.on("error", reject);
  request.end(options.body);
  return promise;
}
