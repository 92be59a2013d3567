import type { Checked } from "../../../kit/checked.ts";
import type {
  ConnectionHttpParameters,
  CreateConnectionAuthRequestParameters,
  ConnectionAuthResponseParameters,
  ConnectionBodyParameter,
} from "@aws-sdk/client-eventbridge";
import type { ConnectionSecret, HttpParameters } from "../../../http-connection/connection-secret.ts";

/** All that a connection was given, for the secret. */
export function buildSecret(parameters: Checked<CreateConnectionAuthRequestParameters>): ConnectionSecret {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = parameters;
  return {
    ...(basic && { username: basic.Username, password: basic.Password }),
    ...(key && { api_key_name: key.ApiKeyName, api_key_value: key.ApiKeyValue }),
    ...(oauth && {
      client_id: oauth.ClientParameters?.ClientID,
      client_secret: oauth.ClientParameters?.ClientSecret,
      authorization_endpoint: oauth.AuthorizationEndpoint,
      http_method: oauth.HttpMethod,
      oauth_http_parameters: secretParameters(oauth.OAuthHttpParameters),
    }),
    ...(parameters.InvocationHttpParameters && {
      invocation_http_parameters: secretParameters(parameters.InvocationHttpParameters),
    }),
  };
}

/** The same parameters without passwords, keys and client secrets, as `DescribeConnection` returns them. */
export function withoutSecrets(
  parameters: Checked<CreateConnectionAuthRequestParameters>,
): Checked<ConnectionAuthResponseParameters> {
  const { BasicAuthParameters: basic, ApiKeyAuthParameters: key, OAuthParameters: oauth } = parameters;
  return {
    ...(basic && { BasicAuthParameters: { Username: basic.Username } }),
    ...(key && { ApiKeyAuthParameters: { ApiKeyName: key.ApiKeyName } }),
    ...(oauth && {
      OAuthParameters: {
        ...oauth,
        ClientParameters: { ClientID: oauth.ClientParameters?.ClientID },
        ...(oauth.OAuthHttpParameters && { OAuthHttpParameters: shownParameters(oauth.OAuthHttpParameters) }),
      },
    }),
    ...(parameters.InvocationHttpParameters && {
      InvocationHttpParameters: shownParameters(parameters.InvocationHttpParameters),
    }),
  };
}

function secretParameters(given: ConnectionHttpParameters | undefined): HttpParameters | undefined {
  const convert = (list: readonly ConnectionBodyParameter[]) =>
    list.map(({ Key = "", Value = "", IsValueSecret }) => ({
      key: Key,
      value: Value,
      is_value_secret: IsValueSecret ?? false,
    }));
  if (given === undefined) return undefined;
  return {
    ...(given.HeaderParameters && { header_parameters: convert(given.HeaderParameters) }),
    ...(given.QueryStringParameters && { query_string_parameters: convert(given.QueryStringParameters) }),
    ...(given.BodyParameters && { body_parameters: convert(given.BodyParameters) }),
  };
}

function shownParameters(given: ConnectionHttpParameters): ConnectionHttpParameters {
  const hide = <T extends ConnectionBodyParameter>(list: readonly T[]): T[] =>
    list.map((each) => (each.IsValueSecret ? { ...each, Value: undefined } : each));
  return {
    ...(given.HeaderParameters && { HeaderParameters: hide(given.HeaderParameters) }),
    ...(given.QueryStringParameters && { QueryStringParameters: hide(given.QueryStringParameters) }),
    ...(given.BodyParameters && { BodyParameters: hide(given.BodyParameters) }),
  };
}
