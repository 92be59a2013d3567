import { ApiGatewayV2Client, GetApiCommand } from "@aws-sdk/client-apigatewayv2";
import { GetFunctionUrlConfigCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { UserError } from "../errors.ts";
import type { ResourceName } from "./app-resources.ts";
import { functionName, type AppView } from "./app-view.ts";

const API = "AWS::ApiGatewayV2::Api";
const FUNCTION_URL = "AWS::Lambda::Url";

/** The address of the app's API or function URL, without a slash at its end. */
export async function findBaseUrl(app: AppView, api: ResourceName | undefined): Promise<string> {
  const apis = app.resources(API);
  const urls = app.resources(FUNCTION_URL);
  if (api === undefined && apis.length + urls.length !== 1) throw noSingleApi([...apis, ...urls]);
  const isApi = api === undefined ? apis.length === 1 : apis.length > 0 && isNamed(app, api);
  if (!isApi) return urlOfFunction(app, api ?? urls[0]?.physicalId ?? "");
  const ApiId = api === undefined ? apis[0]?.physicalId : app.resource(API, api).physicalId;
  const { ApiEndpoint = "" } = await app.client(ApiGatewayV2Client).send(new GetApiCommand({ ApiId }));
  return ApiEndpoint.replace(/\/$/, "");
}

function isNamed(app: AppView, api: ResourceName): boolean {
  try {
    app.resource(API, api);
    return true;
  } catch (error) {
    if (error instanceof UserError && app.resources(FUNCTION_URL).length > 0) return false;
    throw error;
  }
}

async function urlOfFunction(app: AppView, fn: ResourceName): Promise<string> {
  const isArn = typeof fn === "string" && fn.startsWith("arn:");
  const { name, alias } = isArn ? { name: fn, alias: undefined } : functionName(app, fn);
  const lambda = app.client(LambdaClient);
  const { FunctionUrl = "" } = await lambda.send(
    new GetFunctionUrlConfigCommand({ FunctionName: name, Qualifier: alias }),
  );
  return FunctionUrl.replace(/\/$/, "");
}

function noSingleApi(found: readonly { readonly constructPath: string }[]): UserError {
  const paths = found.map(({ constructPath }) => constructPath).join(", ");
  return found.length === 0
    ? new UserError("ApiMissing", "The app has no HTTP API and no function URL that fetch could call")
    : new UserError("ApiAmbiguous", `The app has several addresses: ${paths}`, {
        fix: 'Name one: app.fetch("/", { api: "…" }).',
      });
}
