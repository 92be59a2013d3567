import type { IncomingMessage } from "node:http";

/** What a request's host and path say of the API: its id, and the path that the API sees. */
export interface ApiAddress {
  readonly apiId: string;
  /** The region, where the host names it. */
  readonly region: string | undefined;
  /** The path and the query, as they came, without what names the API. */
  readonly target: string;
}

const PATH_PREFIX = "/_aws/execute-api/";
const HOST = /^([a-z0-9]{4,})\.execute-api\.(?:([a-z0-9-]+)\.)?localhost(?::\d+)?$/;

/** Whether a request is for an API: `/_aws/execute-api/<id>/…` or `<id>.execute-api[.<region>].localhost`. */
export function isGatewayAddress(request: { readonly host: string; readonly path: string }): boolean {
  return request.path.startsWith(PATH_PREFIX) || HOST.test(request.host);
}

/** The API that a request is for; undefined where its host and path name none. */
export function addressOf(message: IncomingMessage): ApiAddress | undefined {
  const url = message.url ?? "/";
  const host = HOST.exec((message.headers.host ?? "").toLowerCase());
  if (host) {
    const [, apiId = "", region] = host;
    return { apiId, region, target: url };
  }
  if (!url.startsWith(PATH_PREFIX)) return undefined;
  const rest = /^([a-z0-9]+)(.*)$/s.exec(url.slice(PATH_PREFIX.length));
  if (!rest) return undefined;
  const [, apiId = "", target = ""] = rest;
  return { apiId, region: undefined, target: target.startsWith("/") ? target : `/${target}` };
}
