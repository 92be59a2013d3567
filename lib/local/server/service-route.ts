import type { HttpRoute } from "../service.ts";
import { readCaller } from "../wire/caller.ts";
import { SERVICE_NAMES } from "../catalogue.ts";
import { SERVICES } from "../registry.ts";
import type { Exchange } from "./exchange.ts";
import { refuse } from "./refuse.ts";
import { STOPPING } from "./service-host.ts";

/** Finds out whether the request is for a plain HTTP surface of a service, such as a user's API. */
export async function findServiceRoute(exchange: Exchange): Promise<boolean> {
  const { server, request, url } = exchange;
  // A request that is signed for a service's API need not wait until the surfaces of all services are there.
  const signingName = readCaller(request.headers, url.searchParams)?.signingName;
  if (!SERVICE_NAMES.some((name) => SERVICES[name].signingName === signingName)) await server.ready;
  exchange.route = matchRoute(server.services.routes, exchange);
  return false;
}

/** Hands the request to the surface that it is for. */
export async function answerServiceRoute({ route, server, request, response, url }: Exchange): Promise<boolean> {
  if (route === undefined) return false;
  if (server.services.isStopping) return refuse(response, 503, "ServiceUnavailable", STOPPING);
  await route.handle(request, response, url);
  return true;
}

/** The first route that takes the request. */
export function matchRoute(
  routes: readonly HttpRoute[],
  { request, host, url }: Pick<Exchange, "request" | "host" | "url">,
): HttpRoute | undefined {
  const asked = { method: request.method ?? "GET", host, path: url.pathname };
  return routes.find((route) => route.matches(asked));
}
