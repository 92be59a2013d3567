import { createRequire, syncBuiltinESMExports } from "node:module";

/** The host that CloudFormation's response URLs name; the same as in the CloudFormation service. */
const RESPONSE_HOST = "cfn-response.tidegate.internal";

let done = false;

/**
 * Handlers of custom resources answer by `https.request({ hostname, path })` and drop port and scheme, so a loopback
 * URL is never reached. Requests to the one host that CloudFormation names go to the cloud's endpoint instead, over
 * plain HTTP; every other host is left alone.
 */
export function rerouteCustomResourceAnswers(): void {
  const endpoint = process.env["AWS_ENDPOINT_URL"];
  if (done || endpoint === undefined || !URL.canParse(endpoint)) return;
  done = true;
  const require = createRequire(import.meta.url);
  const http = require("node:http") as typeof import("node:http");
  const https = require("node:https") as typeof import("node:https");
  const secureRequest = https.request;
  const request = (...args: unknown[]) => {
    const options = optionsOf(args);
    if ((options["hostname"] ?? options["host"]) !== RESPONSE_HOST)
      return (secureRequest as (...args: unknown[]) => unknown)(...args);
    return http.request(toEndpoint(options, new URL(endpoint)), callbackOf(args));
  };
  const get = (...args: unknown[]) => {
    const sent = request(...args) as import("node:http").ClientRequest;
    sent.end();
    return sent;
  };
  Object.assign(https, { request, get });
  syncBuiltinESMExports();
}

/** The same for `fetch`, without loading it before it is used. */
export function rerouteFetch(): void {
  const original = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const endpoint = process.env["AWS_ENDPOINT_URL"];
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
    if (!url.startsWith(`https://${RESPONSE_HOST}/`) || endpoint === undefined) return original(input, init);
    const target = new URL(url.slice(`https://${RESPONSE_HOST}`.length), endpoint);
    return original(typeof input === "string" || input instanceof URL ? target : new Request(target, input), init);
  };
}

function optionsOf(args: unknown[]): Record<string, unknown> {
  const [first, second] = args;
  const more = typeof second === "object" ? (second as object) : {};
  if (typeof first !== "string" && !(first instanceof URL)) return { ...(first as object) };
  const url = new URL(first);
  return { hostname: url.hostname, path: url.pathname + url.search, ...more };
}

function callbackOf(args: unknown[]) {
  return args.find((arg) => typeof arg === "function") as (response: import("node:http").IncomingMessage) => void;
}

function toEndpoint(options: Record<string, unknown>, endpoint: URL): import("node:http").RequestOptions {
  const headers = Object.entries((options["headers"] ?? {}) as Record<string, string>);
  return {
    method: (options["method"] as string | undefined) ?? "GET",
    path: (options["path"] as string | undefined) ?? "/",
    hostname: endpoint.hostname,
    port: endpoint.port,
    headers: { ...Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== "host")), host: endpoint.host },
  };
}
