import { GetApiCommand, GetStagesCommand } from "@aws-sdk/client-apigatewayv2";
import { GetFunctionUrlConfigCommand } from "@aws-sdk/client-lambda";
import { mapConcurrently } from "../../util/map-concurrently.ts";
import type { AppResource, AppStack } from "../app/app-resource.ts";

const READS_AT_ONCE = 8;

/** An address that an app answers at. */
export interface Endpoint {
  readonly path: string;
  readonly kind: "api" | "function-url" | "rest-api";
  /** Without a slash at its end: a path follows. */
  readonly url: string;
}

type Read = (resource: AppResource, all: readonly AppResource[]) => Promise<Endpoint[]>;

const READERS: ReadonlyMap<string, Read> = new Map([
  ["AWS::ApiGatewayV2::Api", readApi],
  ["AWS::Lambda::Url", readFunctionUrl],
  ["AWS::ApiGateway::Stage", readRestStage],
]);

/** The addresses of an app's APIs and function URLs, a stage of an API each, by path. */
export async function endpointsOf(stacks: readonly AppStack[]): Promise<Endpoint[]> {
  const all = stacks.flatMap(({ resources }) => resources);
  const found = await mapConcurrently(all, READS_AT_ONCE, async (one) => READERS.get(one.type)?.(one, all) ?? []);
  return found.flat().toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

async function readApi({ path, physicalId: ApiId, target }: AppResource): Promise<Endpoint[]> {
  const client = await target.aws.client("apigatewayv2");
  const { ApiEndpoint = "" } = await client.send(new GetApiCommand({ ApiId }));
  const { Items = [] } = await client.send(new GetStagesCommand({ ApiId }));
  return Items.map(({ StageName = "" }) => ({
    path,
    kind: "api",
    url: StageName === "$default" ? ApiEndpoint : `${ApiEndpoint}/${StageName}`,
  }));
}

async function readFunctionUrl({ path, physicalId, target }: AppResource): Promise<Endpoint[]> {
  const client = await target.aws.client("lambda");
  // A function's ARN; the alias is its last part, where the URL belongs to one.
  const [, name = physicalId, alias] = /:function:([^:]+)(?::([^:]+))?$/.exec(physicalId) ?? [];
  const input = { FunctionName: name, ...(alias === undefined ? {} : { Qualifier: alias }) };
  const { FunctionUrl = "" } = await client.send(new GetFunctionUrlConfigCommand(input));
  return [{ path, kind: "function-url", url: FunctionUrl.replace(/\/$/, "") }];
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html */
function readRestStage(stage: AppResource, all: readonly AppResource[]): Promise<Endpoint[]> {
  const { path, physicalId, target } = stage;
  const api = all
    .filter(({ type, path: other }) => type === "AWS::ApiGateway::RestApi" && path.startsWith(`${other}/`))
    .toSorted((a, b) => b.path.length - a.path.length)
    .at(0);
  if (api === undefined) return Promise.resolve([]);
  const url = `https://${api.physicalId}.execute-api.${target.region}.amazonaws.com/${physicalId}`;
  return Promise.resolve([{ path: api.path, kind: "rest-api", url }]);
}
