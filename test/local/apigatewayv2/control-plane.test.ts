import {
  ApiGatewayV2Client,
  CreateApiCommand,
  CreateAuthorizerCommand,
  CreateDeploymentCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteDeploymentCommand,
  DeleteIntegrationCommand,
  GetApiCommand,
  GetApisCommand,
  GetDeploymentsCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStageCommand,
  GetStagesCommand,
  GetTagsCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateApiCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from "@aws-sdk/client-apigatewayv2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestCloud, type TestCloud } from "../../helpers/cloud.ts";

const FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:hello";

let cloud: TestCloud;
let api: ApiGatewayV2Client;

beforeAll(async () => {
  cloud = await startTestCloud();
  api = cloud.client(ApiGatewayV2Client);
});
afterAll(() => cloud.stop());

async function newApi(): Promise<string> {
  const { ApiId } = await api.send(new CreateApiCommand({ Name: "shop", ProtocolType: "HTTP" }));
  return ApiId!;
}

async function newIntegration(ApiId: string): Promise<string> {
  const { IntegrationId } = await api.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationUri: FUNCTION_ARN,
      PayloadFormatVersion: "2.0",
    }),
  );
  return IntegrationId!;
}

describe("an HTTP API", () => {
  test("comes with AWS's defaults and an endpoint on this cloud", async () => {
    const created = await api.send(new CreateApiCommand({ Name: "shop", ProtocolType: "HTTP", Tags: { team: "a" } }));
    expect(created.ApiId).toMatch(/^[a-z][a-z0-9]{9}$/);
    const { $metadata: _, ...told } = await api.send(new GetApiCommand({ ApiId: created.ApiId }));
    expect(told).toEqual({
      ApiEndpoint: `${cloud.endpoint}/_aws/execute-api/${created.ApiId}`,
      ApiId: created.ApiId,
      ApiKeySelectionExpression: "$request.header.x-api-key",
      CreatedDate: expect.any(Date) as Date,
      DisableExecuteApiEndpoint: false,
      IpAddressType: "ipv4",
      Name: "shop",
      ProtocolType: "HTTP",
      RouteSelectionExpression: "$request.method $request.path",
      Tags: { team: "a" },
    });
  });

  test("is quick-created from a target: integration, $default route and a stage that deploys by itself", async () => {
    const { ApiId } = await api.send(
      new CreateApiCommand({ Name: "quick", ProtocolType: "HTTP", Target: FUNCTION_ARN }),
    );
    const [integrations, routes, stages] = await Promise.all([
      api.send(new GetIntegrationsCommand({ ApiId })),
      api.send(new GetRoutesCommand({ ApiId })),
      api.send(new GetStagesCommand({ ApiId })),
    ]);
    expect(integrations.Items).toMatchObject([
      {
        ApiGatewayManaged: true,
        IntegrationType: "AWS_PROXY",
        IntegrationUri: FUNCTION_ARN,
        PayloadFormatVersion: "2.0",
      },
    ]);
    expect(routes.Items).toMatchObject([
      {
        ApiGatewayManaged: true,
        RouteKey: "$default",
        Target: `integrations/${integrations.Items![0]!.IntegrationId}`,
      },
    ]);
    expect(stages.Items).toMatchObject([
      { ApiGatewayManaged: true, AutoDeploy: true, DeploymentId: expect.any(String) as string, StageName: "$default" },
    ]);
  });

  test("is listed in its own region only, page by page", async () => {
    const far = cloud.client(ApiGatewayV2Client, { region: "eu-west-1" });
    for (const Name of ["a", "b", "c"]) await far.send(new CreateApiCommand({ Name, ProtocolType: "HTTP" }));
    const first = await far.send(new GetApisCommand({ MaxResults: "2" }));
    const second = await far.send(new GetApisCommand({ MaxResults: "2", NextToken: first.NextToken! }));
    const names = [...first.Items!, ...second.Items!].map((one) => one.Name);
    expect(new Set(names)).toEqual(new Set(["a", "b", "c"]));
    expect(second.NextToken).toBeUndefined();
  });

  test("keeps what an update does not name", async () => {
    const ApiId = await newApi();
    const cors = { AllowOrigins: ["https://a.example"], AllowHeaders: ["X-One"] };
    await api.send(new UpdateApiCommand({ ApiId, Description: "d", CorsConfiguration: cors }));
    const updated = await api.send(new UpdateApiCommand({ ApiId, Name: "renamed" }));
    expect(updated).toMatchObject({
      Name: "renamed",
      Description: "d",
      CorsConfiguration: { AllowOrigins: ["https://a.example"], AllowHeaders: ["x-one"] },
    });
  });

  test("takes everything with it when it is deleted", async () => {
    const ApiId = await newApi();
    await newIntegration(ApiId);
    await api.send(new DeleteApiCommand({ ApiId }));
    await expect(api.send(new GetIntegrationsCommand({ ApiId }))).rejects.toMatchObject({
      name: "NotFoundException",
      message: `Invalid API identifier specified 000000000000:${ApiId}`,
      $metadata: { httpStatusCode: 404 },
    });
  });

  test("fails when a WebSocket API is asked for, and says that it is not supported", async () => {
    const create = api.send(
      new CreateApiCommand({ Name: "ws", ProtocolType: "WEBSOCKET", RouteSelectionExpression: "$request.body.action" }),
    );
    await expect(create).rejects.toMatchObject({
      message: expect.stringContaining("WebSocket APIs") as string,
      $metadata: { httpStatusCode: 501 },
    });
  });

  test("can be tagged, like its stages", async () => {
    const ApiId = await newApi();
    await api.send(new CreateStageCommand({ ApiId, StageName: "dev", Tags: { a: "1" } }));
    const ResourceArn = `arn:aws:apigateway:us-east-1::/apis/${ApiId}/stages/dev`;
    await api.send(new TagResourceCommand({ ResourceArn, Tags: { b: "2", c: "3" } }));
    await api.send(new UntagResourceCommand({ ResourceArn, TagKeys: ["a", "c"] }));
    expect((await api.send(new GetTagsCommand({ ResourceArn }))).Tags).toEqual({ b: "2" });
  });
});

describe("a route", () => {
  test("fails when its key is taken, or differs only in a variable's name", async () => {
    const ApiId = await newApi();
    await api.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /orgs/{id}" }));
    await expect(api.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /orgs/{id}" }))).rejects.toMatchObject({
      name: "ConflictException",
      message: "Route with key GET /orgs/{id} already exists for this API",
    });
    await expect(api.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /orgs/{orgId}" }))).rejects.toMatchObject({
      name: "ConflictException",
      message:
        'The provided route key "GET /orgs/{orgId}" has a conflicting variable on the same hierarchical level as "GET /orgs/{id}"',
    });
  });

  test.each(["GET orgs", "FETCH /orgs", "GET /a/{b", "$connect", "GET /{proxy+}/more"])(
    "fails when its key is %s",
    async (RouteKey) => {
      const ApiId = await newApi();
      await expect(api.send(new CreateRouteCommand({ ApiId, RouteKey }))).rejects.toMatchObject({
        name: "BadRequestException",
      });
    },
  );

  test("fails when it points at nothing, and holds the integration that it points at", async () => {
    const ApiId = await newApi();
    const bad = api.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /", Target: "integrations/none" }));
    await expect(bad).rejects.toMatchObject({ name: "BadRequestException" });
    const IntegrationId = await newIntegration(ApiId);
    const { RouteId } = await api.send(
      new CreateRouteCommand({ ApiId, RouteKey: "GET /", Target: `integrations/${IntegrationId}` }),
    );
    await expect(api.send(new DeleteIntegrationCommand({ ApiId, IntegrationId }))).rejects.toMatchObject({
      name: "ConflictException",
      message: `Cannot delete Integration because it is referenced by the following Routes with Ids: [${RouteId}]`,
    });
  });

  test("fails when it names an authorizer that does not exist or is of another kind", async () => {
    const ApiId = await newApi();
    const { AuthorizerId } = await api.send(
      new CreateAuthorizerCommand({
        ApiId,
        Name: "jwt",
        AuthorizerType: "JWT",
        IdentitySource: ["$request.header.Authorization"],
        JwtConfiguration: { Issuer: "https://issuer.example", Audience: ["app"] },
      }),
    );
    const { RouteId } = await api.send(
      new CreateRouteCommand({ ApiId, RouteKey: "GET /", AuthorizationType: "JWT", AuthorizerId: AuthorizerId! }),
    );
    const update = new UpdateRouteCommand({ ApiId, RouteId, AuthorizationType: "CUSTOM" });
    await expect(api.send(update)).rejects.toMatchObject({ name: "BadRequestException" });
  });
});

describe("a stage", () => {
  test("points at the deployment that was made for it", async () => {
    const ApiId = await newApi();
    const create = () => api.send(new CreateDeploymentCommand({ ApiId, StageName: "dev" }));
    await expect(create()).rejects.toMatchObject({
      name: "BadRequestException",
      message: "Unable to deploy API because no routes exist in this API",
    });
    await api.send(new CreateRouteCommand({ ApiId, RouteKey: "GET /" }));
    await expect(create()).rejects.toMatchObject({ name: "NotFoundException" });
    await api.send(new CreateStageCommand({ ApiId, StageName: "dev" }));
    const { DeploymentId } = await create();
    const stage = await api.send(new GetStageCommand({ ApiId, StageName: "dev" }));
    expect(stage).toMatchObject({
      DeploymentId,
      LastDeploymentStatusMessage: `Successfully deployed stage with deployment ID '${DeploymentId}'`,
    });
    await expect(api.send(new DeleteDeploymentCommand({ ApiId, DeploymentId }))).rejects.toMatchObject({
      message: "Active stages pointing to this deployment must be moved or deleted",
    });
  });

  test("with AutoDeploy gets a deployment with every change, and keeps the last alone", async () => {
    const ApiId = await newApi();
    await api.send(new CreateStageCommand({ ApiId, StageName: "$default", AutoDeploy: true }));
    for (const path of ["/a", "/b", "/c"]) await api.send(new CreateRouteCommand({ ApiId, RouteKey: `GET ${path}` }));
    const stage = await api.send(new GetStageCommand({ ApiId, StageName: "$default" }));
    const { Items } = await api.send(new GetDeploymentsCommand({ ApiId }));
    expect(Items).toMatchObject([
      { AutoDeployed: true, DeploymentId: stage.DeploymentId, DeploymentStatus: "DEPLOYED" },
    ]);
  });

  test("merges stage variables, and fails when one is not allowed", async () => {
    const ApiId = await newApi();
    const StageName = "dev";
    await api.send(new CreateStageCommand({ ApiId, StageName, StageVariables: { a: "1", b: "2" } }));
    const update = (StageVariables: Record<string, string>) =>
      api.send(new UpdateStageCommand({ ApiId, StageName, StageVariables }));
    expect((await update({ b: "", c: "3" })).StageVariables).toEqual({ a: "1", c: "3" });
    await expect(update({ "a-b": "1" })).rejects.toMatchObject({ name: "BadRequestException" });
    await expect(api.send(new CreateStageCommand({ ApiId, StageName }))).rejects.toMatchObject({
      name: "ConflictException",
      message: "Stage already exists",
    });
  });
});
