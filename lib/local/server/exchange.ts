import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import type { AwsGateway } from "./aws-gateway.ts";
import type { ServiceHost } from "./service-host.ts";

/** What the request path needs of the cloud. */
export interface ServerContext {
  readonly account: string;
  readonly clock: Clock;
  readonly services: ServiceHost;
  readonly gateway: AwsGateway;
  /** Resolves when every service with routes is loaded. */
  readonly ready: Promise<void>;
  readonly port: number;
  log(line: string): void;
}

/** One request on its way through the handlers. */
export interface Exchange {
  readonly server: ServerContext;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Lower case, with its port. */
  readonly host: string;
  readonly requestId: string;
}

/** A step of the request path. Says whether it has answered. */
export type Handler = (exchange: Exchange) => boolean | Promise<boolean>;
