import type { Exchange } from "./exchange.ts";
import { refuse } from "./refuse.ts";

/**
 * Whether a Host header names this cloud: loopback with the cloud's port, or a name under `localhost`, as buckets and
 * APIs have. A third party can bind any other name to loopback (DNS rebinding); `localhost` and its subdomains are
 * reserved (RFC 6761).
 */
export function isOwnHost(host: string, port: number): boolean {
  const suffix = `:${port}`;
  if (!host.endsWith(suffix)) return false;
  const name = host.slice(0, -suffix.length);
  return name === "127.0.0.1" || name === "localhost" || name === "[::1]" || OWN_NAME.test(name);
}

const OWN_NAME = /^(?=.{1,253}$)([a-z0-9]([a-z0-9_-]*[a-z0-9])?\.)+localhost$/;

/** Refuses requests whose Host is not the cloud's own, before anything is looked at. */
export function refuseForeignHost({ host, server, response }: Exchange): boolean {
  if (isOwnHost(host, server.address.port)) return false;
  const shown = host === "" ? "no Host" : `the Host ${JSON.stringify(host.slice(0, 200))}`;
  return refuse(
    response,
    403,
    "ForeignHost",
    `The request names ${shown}. The local cloud answers to 127.0.0.1:${server.address.port}, localhost:${server.address.port} and names under localhost.`,
  );
}
