import type { Input } from "../../kit/operation-types.ts";
import type { DomainNameConfiguration } from "@aws-sdk/client-apigatewayv2";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { findApi, type GatewayState } from "./context.ts";
import { pageOf } from "./page.ts";
import { badRequest, conflict, notFound } from "./errors.ts";
import { newResourceId } from "./resource-id.ts";
import { valuesUnder, type ApiMappingRecord, type DomainNameRecord } from "./records.ts";

/** Adds a custom domain name, to which API mappings can then be added. */
export function createDomainName(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateDomainName">,
  context: RequestContext,
) {
  const name = input.DomainName ?? "";
  if (!/^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/i.test(name))
    throw badRequest(`Invalid domain name identifier specified: ${name}`);
  if (state.tables.domainNames.get(`${context.region}/${name}`))
    throw conflict("The domain name you provided already exists.");
  const record: DomainNameRecord = {
    ApiMappingSelectionExpression: "$request.basepath",
    DomainName: name,
    DomainNameArn: `arn:aws:apigateway:${context.region}::/domainnames/${name}`,
    DomainNameConfigurations: (input.DomainNameConfigurations ?? []).map((one) => available(one, context)),
    ...(input.MutualTlsAuthentication && { MutualTlsAuthentication: input.MutualTlsAuthentication }),
    RoutingMode: input.RoutingMode ?? "API_MAPPING_ONLY",
    Tags: { ...input.Tags },
  };
  state.tables.domainNames.put(`${context.region}/${name}`, record);
  return record;
}

/** Returns a domain name. `NotFoundException` where the account has none of this name. */
export function getDomainName(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetDomainName">,
  context: RequestContext,
) {
  return findDomainName(state, input.DomainName, context);
}

/** Lists the region's domain names, a page at a time. */
export function getDomainNames(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetDomainNames">,
  context: RequestContext,
) {
  return pageOf(valuesUnder(state.tables.domainNames, `${context.region}/`), input);
}

/** Changes a domain name's configurations and mutual TLS settings. */
export function updateDomainName(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateDomainName">,
  context: RequestContext,
) {
  const before = findDomainName(state, input.DomainName, context);
  const record: DomainNameRecord = {
    ...before,
    ...(input.DomainNameConfigurations && {
      DomainNameConfigurations: input.DomainNameConfigurations.map((one) => available(one, context)),
    }),
    ...(input.RoutingMode && { RoutingMode: input.RoutingMode }),
  };
  state.tables.domainNames.put(`${context.region}/${record.DomainName}`, record);
  return record;
}

/** Deletes a domain name with its API mappings. */
export function deleteDomainName(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteDomainName">,
  context: RequestContext,
): object {
  const { DomainName } = findDomainName(state, input.DomainName, context);
  const prefix = `${context.region}/${DomainName}`;
  for (const [key] of state.tables.apiMappings.list(`${prefix}/`)) state.tables.apiMappings.delete(key);
  state.tables.domainNames.delete(prefix);
  return {};
}

/** Maps a path of a domain name to a stage of an API. `ConflictException` where the path is taken. */
export function createApiMapping(
  state: GatewayState,
  input: Input<"apigatewayv2", "CreateApiMapping">,
  context: RequestContext,
) {
  const { DomainName } = findDomainName(state, input.DomainName, context);
  const mapping: ApiMappingRecord = {
    ApiId: input.ApiId,
    ApiMappingId: newResourceId(6),
    ApiMappingKey: input.ApiMappingKey ?? "",
    Stage: input.Stage,
  };
  return keepMapping(state, DomainName, mapping, context);
}

/** Returns a mapping of a domain name. `NotFoundException` where there is none of this id. */
export function getApiMapping(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetApiMapping">,
  context: RequestContext,
) {
  return findMapping(state, input, context);
}

/** Lists a domain name's mappings, a page at a time. */
export function getApiMappings(
  state: GatewayState,
  input: Input<"apigatewayv2", "GetApiMappings">,
  context: RequestContext,
) {
  const { DomainName } = findDomainName(state, input.DomainName, context);
  return pageOf(valuesUnder(state.tables.apiMappings, `${context.region}/${DomainName}/`), input);
}

/** Changes the API, the stage or the path of a mapping. */
export function updateApiMapping(
  state: GatewayState,
  input: Input<"apigatewayv2", "UpdateApiMapping">,
  context: RequestContext,
) {
  const before = findMapping(state, input, context);
  const mapping: ApiMappingRecord = {
    ...before,
    ...(input.ApiId && { ApiId: input.ApiId }),
    ...(input.Stage && { Stage: input.Stage }),
    ...(input.ApiMappingKey !== undefined && { ApiMappingKey: input.ApiMappingKey }),
  };
  return keepMapping(state, input.DomainName ?? "", mapping, context);
}

/** Deletes a mapping: its path of the domain name answers 403 from then on. */
export function deleteApiMapping(
  state: GatewayState,
  input: Input<"apigatewayv2", "DeleteApiMapping">,
  context: RequestContext,
): object {
  const { ApiMappingId } = findMapping(state, input, context);
  state.tables.apiMappings.delete(`${context.region}/${input.DomainName}/${ApiMappingId}`);
  return {};
}

function keepMapping(state: GatewayState, domainName: string, mapping: ApiMappingRecord, context: RequestContext) {
  const scope = findApi(state, mapping.ApiId, context);
  if (!state.tables.stages.get(scope.keyOf(mapping.Stage ?? "")))
    throw badRequest("Invalid stage identifier specified");
  const prefix = `${context.region}/${domainName}/`;
  const taken = valuesUnder(state.tables.apiMappings, prefix).some(
    (other) => other.ApiMappingId !== mapping.ApiMappingId && other.ApiMappingKey === mapping.ApiMappingKey,
  );
  if (taken) throw conflict("ApiMapping key already exists for this domain name");
  state.tables.apiMappings.put(`${prefix}${mapping.ApiMappingId}`, mapping);
  return mapping;
}

function findDomainName(state: GatewayState, name: string | undefined, context: RequestContext): DomainNameRecord {
  const record = state.tables.domainNames.get(`${context.region}/${name}`);
  if (!record) throw new AwsError("NotFoundException", "Invalid domain name identifier specified");
  return record;
}

function findMapping(
  state: GatewayState,
  input: { DomainName?: string | undefined; ApiMappingId?: string | undefined },
  context: RequestContext,
): ApiMappingRecord {
  findDomainName(state, input.DomainName, context);
  const mapping = state.tables.apiMappings.get(`${context.region}/${input.DomainName}/${input.ApiMappingId}`);
  if (!mapping) throw notFound("ApiMapping", input.ApiMappingId);
  return mapping;
}

function available(configuration: DomainNameConfiguration, context: RequestContext): DomainNameConfiguration {
  return {
    ApiGatewayDomainName: `d-${newResourceId(10)}.execute-api.${context.region}.amazonaws.com`,
    EndpointType: "REGIONAL",
    SecurityPolicy: "TLS_1_2",
    ...configuration,
    DomainNameStatus: "AVAILABLE",
  };
}
