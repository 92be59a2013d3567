import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { Exchange } from "./exchange.ts";
import { ADMIN_PREFIX } from "./admin.ts";
import { refuse } from "./refuse.ts";

/**
 * Refuses what a web page sends, before anything is handled: only the user's own APIs may be called by pages, and
 * there the user's CORS decides, as a bucket's does for S3. The admin surface may be called by the cloud's own pages.
 */
export async function refuseForeignOrigin(exchange: Exchange): Promise<boolean> {
  const { request, url, route, response, server } = exchange;
  if (route?.isUserApi || !comesFromPage(request, url)) return false;
  if (route !== undefined) return refusePage(exchange);
  await server.ready;
  const sharing = server.services.findSharing(request, url);
  if (sharing === undefined) return refusePage(exchange);
  exchange.onlyService = sharing.service;
  for (const [name, value] of Object.entries(sharing.headers)) response.setHeader(name, value);
  if (request.method !== "OPTIONS") return false;
  response.writeHead(200, { "content-length": 0 }).end();
  return true;
}

/** Refuses requests of web pages. */
export function refusePage({ response }: Exchange): true {
  return refuse(
    response,
    403,
    "ForeignOrigin",
    "The local cloud is not there for web pages. Call your own API, which decides by its CORS settings who may.",
  );
}

/** Whether a web page is behind the request, other than by following a link or showing what may be read. */
export function comesFromPage({ headers, method }: IncomingMessage, url: URL): boolean {
  const { origin } = headers;
  const admin = url.pathname.startsWith(ADMIN_PREFIX);
  if (origin !== undefined && !(admin && origin === `http://${headers.host}`)) return true;
  const site = headers["sec-fetch-site"];
  if (site === undefined || site === "none" || (admin && site === "same-origin")) return false;
  // No Origin comes with a picture or a script: such a request may read.
  const reads = (method === "GET" || method === "HEAD") && !mayAct(headers, url);
  return !reads || admin;
}

/** Query accepts any operation by GET, and the RPC protocols by a body or a target, with any method. */
function mayAct(headers: IncomingHttpHeaders, url: URL): boolean {
  const hasBody = headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
  return hasBody || headers["x-amz-target"] !== undefined || url.searchParams.has("Action");
}
