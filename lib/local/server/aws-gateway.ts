import { SERVICE_NAMES } from "../catalogue.ts";
import { SERVICES, type ServiceEntry } from "../registry.ts";
import type { ServiceName } from "../service.ts";
import { readCaller, type Caller } from "../wire/caller.ts";
import type { ServerProtocol, WireCall } from "../wire/protocol.ts";
import { readServiceModel } from "../wire/service-model.ts";
import { ServiceServer, spokenProtocol } from "../wire/service-server.ts";
import type { WireRequest } from "../wire/wire-message.ts";

/** The service and operation of a request. */
export interface Target {
  /** The service's SDK name, or the name that the request was signed for when that service is not supported. */
  readonly service: string;
  readonly caller: Caller | undefined;
  /** Undefined when the service is not supported. */
  readonly server: ServiceServer | undefined;
  readonly protocol: ServerProtocol | undefined;
  /** The call, or the requested name where the service has no such operation. */
  readonly call: WireCall | string;
}

/** Finds the service and operation of a request. */
export class AwsGateway {
  readonly #servers = new Map<ServiceName, Promise<ServiceServer>>();

  async find(request: WireRequest): Promise<Target> {
    const caller = readCaller(request.headers, request.query);
    let asked: Target | undefined;
    for (const name of candidates(request, caller)) {
      const server = await this.server(name);
      const protocol = server.protocolOf(request);
      const call = protocol === undefined ? `${request.method} ${request.path}` : await protocol.read(request);
      const target: Target = { service: name, caller, server, protocol: protocol ?? server.ownProtocol, call };
      if (typeof call !== "string") return target;
      asked ??= target;
    }
    if (asked !== undefined && caller !== undefined) return asked;
    const service = caller?.signingName ?? "unsigned request";
    return { service, caller, server: undefined, protocol: undefined, call: await describe(request) };
  }

  /** The service's side of its protocols; its client is loaded on first use. */
  server(name: ServiceName): Promise<ServiceServer> {
    let server = this.#servers.get(name);
    if (server === undefined) {
      const entry: ServiceEntry = SERVICES[name];
      server = entry.client().then((client) => new ServiceServer(readServiceModel(client), entry.quirks));
      this.#servers.set(name, server);
    }
    return server;
  }
}

/** A description of a request whose operation is unknown, for the error message. */
async function describe(request: WireRequest): Promise<string> {
  const { headers, query, method, path } = request;
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target;
  const asked = `${method} ${path}`;
  if (spokenProtocol(request) !== "awsQuery") return asked;
  const form = new URLSearchParams(Buffer.from(await request.bytes()).toString("utf8"));
  return query.get("Action") ?? form.get("Action") ?? asked;
}

/** The services that the request may be for, by its signature, or by what it looks like when it has none. */
function candidates(request: WireRequest, caller: Caller | undefined): ServiceName[] {
  if (caller !== undefined) return SERVICE_NAMES.filter((name) => SERVICES[name].signingName === caller.signingName);
  const unsigned = SERVICE_NAMES.filter((name) => SERVICES[name].takesUnsigned);
  if (spokenProtocol(request) === undefined) return unsigned;
  // Links such as `/?Action=Unsubscribe` name their operation: only what no other service knows is an object's path.
  return [...SERVICE_NAMES.filter((name) => !unsigned.includes(name)), ...unsigned];
}
