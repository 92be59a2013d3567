import type {
  CurrentResource,
  PhysicalResource,
  Properties,
  ResourceContext,
  ResourceType,
  Tagging,
} from "./resource-type.ts";
import { resource } from "./resource.ts";
import { pick, tagMap, tolerate } from "./tolerate.ts";

type Input = never;

/** What a part of an API is made of: the operations' noun, the id in the answer, and what `Ref` says. */
interface Part {
  readonly type: string;
  readonly noun:
    | "Integration"
    | "Route"
    | "Stage"
    | "Deployment"
    | "Authorizer"
    | "Model"
    | "ApiMapping"
    | "RouteResponse"
    | "IntegrationResponse";
  /** The member that names the part in later calls. */
  readonly id: string;
  /** Members of the update that fall back to these when the template drops them. */
  readonly defaults?: Readonly<Record<string, unknown>>;
  /** Further members that name the part's parents. */
  readonly parents?: readonly string[];
  readonly attributes?: (id: string) => Record<string, unknown>;
  readonly isTagged?: boolean;
  /** Members by which a part that an interrupted step has made is known again. */
  readonly key: readonly string[];
}

/** The parts of an API, all of one make: Create, Update, Delete with ids. Names follow AWS's API. */
const PARTS: readonly Part[] = [
  {
    type: "AWS::ApiGatewayV2::Integration",
    noun: "Integration",
    key: ["IntegrationType", "IntegrationUri", "IntegrationMethod", "Description"],
    id: "IntegrationId",
    attributes: (id) => ({ IntegrationId: id }),
    defaults: { Description: "" },
  },
  {
    type: "AWS::ApiGatewayV2::Route",
    noun: "Route",
    key: ["RouteKey"],
    id: "RouteId",
    attributes: (id) => ({ RouteId: id }),
    defaults: { AuthorizationType: "NONE", AuthorizationScopes: [] },
  },
  {
    type: "AWS::ApiGatewayV2::Stage",
    noun: "Stage",
    key: ["StageName"],
    id: "StageName",
    isTagged: true,
    defaults: { Description: "", AutoDeploy: false },
  },
  {
    type: "AWS::ApiGatewayV2::Deployment",
    noun: "Deployment",
    key: ["Description"],
    id: "DeploymentId",
    attributes: (id) => ({ DeploymentId: id }),
    defaults: { Description: "" },
  },
  {
    type: "AWS::ApiGatewayV2::Authorizer",
    noun: "Authorizer",
    key: ["Name"],
    id: "AuthorizerId",
    attributes: (id) => ({ AuthorizerId: id }),
  },
  {
    type: "AWS::ApiGatewayV2::Model",
    noun: "Model",
    key: ["Name"],
    id: "ModelId",
    attributes: (id) => ({ ModelId: id }),
  },
  {
    type: "AWS::ApiGatewayV2::RouteResponse",
    noun: "RouteResponse",
    key: ["RouteResponseKey"],
    id: "RouteResponseId",
    parents: ["RouteId"],
  },
  {
    type: "AWS::ApiGatewayV2::IntegrationResponse",
    noun: "IntegrationResponse",
    key: ["IntegrationResponseKey"],
    id: "IntegrationResponseId",
    parents: ["IntegrationId"],
  },
  {
    type: "AWS::ApiGatewayV2::ApiMapping",
    noun: "ApiMapping",
    key: ["Stage", "ApiMappingKey"],
    id: "ApiMappingId",
    parents: ["DomainName"],
    attributes: (id) => ({ ApiMappingId: id }),
  },
];

/** AWS::ApiGatewayV2::* but for the API itself. */
export const apiParts: readonly ResourceType[] = PARTS.map(partType);

function partType(part: Part): ResourceType {
  return {
    type: part.type,
    ...(part.isTagged && {
      tagging: taggingOf(({ properties, physicalId }) => `apis/${String(properties.ApiId)}/stages/${physicalId}`),
    }),
    async create(desired, context) {
      const found = context.resumed ? await findMade(part, desired, context) : undefined;
      const made = found ?? (await invoke(context, `Create${part.noun}`, input(part, desired, context)));
      const id = String(made[part.id]);
      return { physicalId: id, attributes: part.attributes?.(id) };
    },
    async update(desired, current, context) {
      await invoke(context, `Update${part.noun}`, {
        ...dropped(part, desired, current.properties),
        ...withoutTags(input(part, desired, context)),
        ...emptied(desired, current.properties),
        ...parents(part, desired),
        [part.id]: current.physicalId,
      });
      return current;
    },
    async delete(current, context) {
      const call = invoke(context, `Delete${part.noun}`, {
        ...parents(part, current.properties),
        [part.id]: current.physicalId,
      });
      await tolerate(call, "NotFoundException");
    },
  };
}

/** What the step has made before the cloud was stopped, if it came that far. */
async function findMade(
  part: Part,
  desired: Properties,
  context: ResourceContext,
): Promise<Record<string, unknown> | undefined> {
  const page = await invoke(context, `Get${part.noun}s`, { ...parents(part, desired), MaxResults: "500" });
  const items = (page.Items as Record<string, unknown>[] | undefined) ?? [];
  return items.find(
    (item) =>
      !context.isOwned(String(item[part.id])) &&
      part.key.every((name) => desired[name] === undefined || item[name] === desired[name]),
  );
}

function input(part: Part, desired: Properties, context: ResourceContext): Record<string, unknown> {
  const copy: Record<string, unknown> = { ...desired };
  if (typeof copy.Schema === "object") copy.Schema = JSON.stringify(copy.Schema);
  if (part.isTagged) copy.Tags = tagMap(context.tags(desired.Tags));
  if (part.noun === "Integration") copy.ResponseParameters = responseParameters(desired.ResponseParameters);
  return copy;
}

/** The template lists changes of a status code, the API maps them. */
function responseParameters(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([status, entry]) => {
      const list = (entry as { ResponseParameters?: { Destination: string; Source: string }[] }).ResponseParameters;
      return [status, list ? Object.fromEntries(list.map((item) => [item.Destination, item.Source])) : entry];
    }),
  );
}

function dropped(part: Part, desired: Properties, before: Properties): Record<string, unknown> {
  const names = Object.keys(before).filter(
    (name) => desired[name] === undefined && part.defaults?.[name] !== undefined,
  );
  return Object.fromEntries(names.map((name) => [name, part.defaults![name]]));
}

/** Maps that an update adds to; an empty text takes an entry away. */
const MERGED = ["StageVariables", "RequestParameters"];

function emptied(desired: Properties, before: Properties): Record<string, unknown> {
  const maps = MERGED.filter((name) => before[name] !== undefined).map((name) => {
    const gone = Object.keys(before[name] as object).filter(
      (key) => !Object.hasOwn((desired[name] as object | undefined) ?? {}, key),
    );
    return [
      name,
      { ...(desired[name] as object | undefined), ...Object.fromEntries(gone.map((key) => [key, ""])) },
    ] as const;
  });
  return Object.fromEntries(maps);
}

function withoutTags(value: Record<string, unknown>): Record<string, unknown> {
  const { Tags: _tags, ...rest } = value;
  return rest;
}

function parents(part: Part, properties: Properties): Record<string, unknown> {
  return pick(properties, part.noun === "ApiMapping" ? ["ApiId", "DomainName"] : ["ApiId", ...(part.parents ?? [])]);
}

async function invoke(
  context: ResourceContext,
  operation: string,
  value: Record<string, unknown>,
): Promise<Record<string, unknown>> {
  return await context.call("apigatewayv2", operation as "CreateRoute", value as Input);
}

/** AWS::ApiGatewayV2::Api, quick-created ones (Target) included. */
export const httpApi = resource("AWS::ApiGatewayV2::Api", {
  tagging: taggingOf(({ physicalId }) => `apis/${physicalId}`),
  async create(desired, context) {
    if (desired.Body !== undefined || desired.BodyS3Location !== undefined) {
      const made = await invoke(context, "ImportApi", {
        Body: JSON.stringify(desired.Body),
        FailOnWarnings: desired.FailOnWarnings,
        Basepath: desired.BasePath,
      });
      return physical(made);
    }
    const found = context.resumed ? await findApi(context) : undefined;
    return physical(
      found ?? (await invoke(context, "CreateApi", { ...desired, Tags: tagMap(context.tags(desired.Tags)) })),
    );
  },
  async update(desired, current, context) {
    const before = current.properties;
    const { Tags: _tags, ProtocolType: _protocol, ...rest } = desired;
    if (before.CorsConfiguration !== undefined && desired.CorsConfiguration === undefined) {
      await tolerate(invoke(context, "DeleteCorsConfiguration", { ApiId: current.physicalId }), "NotFoundException");
    }
    await invoke(context, "UpdateApi", {
      ...(before.Description !== undefined && { Description: "" }),
      ...(before.DisableExecuteApiEndpoint !== undefined && { DisableExecuteApiEndpoint: false }),
      ...rest,
      ApiId: current.physicalId,
    });
    return current;
  },
  async delete(current, context) {
    await tolerate(invoke(context, "DeleteApi", { ApiId: current.physicalId }), "NotFoundException");
  },
});

/** The API that the step has made before the cloud was stopped: its tags tell. */
async function findApi(context: ResourceContext): Promise<Record<string, unknown> | undefined> {
  const page = await invoke(context, "GetApis", { MaxResults: "500" });
  return ((page.Items as Record<string, unknown>[] | undefined) ?? []).find((api) => {
    const tags = (api.Tags ?? {}) as Record<string, string>;
    const isOwn =
      tags["aws:cloudformation:stack-id"] === context.stackId &&
      tags["aws:cloudformation:logical-id"] === context.logicalId;
    return isOwn && !context.isOwned(String(api.ApiId));
  });
}

function physical(api: Record<string, unknown>): PhysicalResource {
  const id = String(api.ApiId);
  return { physicalId: id, attributes: { ApiId: id, ApiEndpoint: api.ApiEndpoint } };
}

/** AWS::ApiGatewayV2::DomainName */
export const domainName = resource("AWS::ApiGatewayV2::DomainName", {
  tagging: taggingOf(({ physicalId }) => `domainnames/${physicalId}`),
  async create(desired, context) {
    const made = await invoke(context, "CreateDomainName", { ...desired, Tags: tagMap(context.tags(desired.Tags)) });
    const [configuration] = (made.DomainNameConfigurations as Record<string, unknown>[] | undefined) ?? [];
    return {
      physicalId: desired.DomainName,
      attributes: {
        RegionalDomainName: configuration?.ApiGatewayDomainName,
        RegionalHostedZoneId: configuration?.HostedZoneId,
        DomainNameArn: `arn:aws:apigateway:${context.region}::/domainnames/${desired.DomainName}`,
      },
    };
  },
  async update(desired, current, context) {
    await invoke(
      context,
      "UpdateDomainName",
      pick(desired, ["DomainName", "DomainNameConfigurations", "MutualTlsAuthentication"]),
    );
    return current;
  },
  async delete(current, context) {
    await tolerate(invoke(context, "DeleteDomainName", { DomainName: current.physicalId }), "NotFoundException");
  },
});

function taggingOf(path: (current: CurrentResource) => string): Tagging {
  const arnOf = (current: CurrentResource, { region }: ResourceContext) =>
    `arn:aws:apigateway:${region}::/${path(current)}`;
  return {
    set: (current, tags, context) =>
      context.call("apigatewayv2", "TagResource", { ResourceArn: arnOf(current, context), Tags: tagMap(tags) }),
    remove: (current, TagKeys, context) =>
      context.call("apigatewayv2", "UntagResource", { ResourceArn: arnOf(current, context), TagKeys }),
  };
}
