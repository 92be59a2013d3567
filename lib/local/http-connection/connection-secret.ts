/** What EventBridge keeps in a connection's secret, by AWS's names for the members. */
export interface ConnectionSecret {
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly api_key_name?: string | undefined;
  readonly api_key_value?: string | undefined;
  readonly client_id?: string | undefined;
  readonly client_secret?: string | undefined;
  readonly authorization_endpoint?: string | undefined;
  readonly http_method?: string | undefined;
  readonly oauth_http_parameters?: HttpParameters | undefined;
  readonly invocation_http_parameters?: HttpParameters | undefined;
}

/** Parameters that go with a request. */
export interface HttpParameters {
  readonly header_parameters?: readonly HttpParameter[];
  readonly query_string_parameters?: readonly HttpParameter[];
  readonly body_parameters?: readonly HttpParameter[];
}

/** A header, query string or body parameter that a connection adds to each request. */
export interface HttpParameter {
  readonly key: string;
  readonly value: string;
  readonly is_value_secret: boolean;
}
