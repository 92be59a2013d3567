import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../state/clock.ts";
import type { HttpRoute, ServiceName } from "../service.ts";
import type { AwsGateway } from "./aws-gateway.ts";
import type { ClockChange } from "../state/clock-change.ts";
import type { InFlight } from "./in-flight.ts";
import type { Interceptor } from "./intercept.ts";
import type { ServiceHost } from "./service-host.ts";

/** The administration endpoints' view of the cloud. */
export interface AdminSurface {
  /** Only who can read the lock file knows it. */
  readonly token: string;
  status(): object;
  clock(): object;
  changeClock(change: ClockChange): Promise<object>;
  stop(): void;
}

/** What the request path needs of the cloud. */
export interface ServerContext {
  readonly account: string;
  readonly clock: Clock;
  readonly services: ServiceHost;
  readonly gateway: AwsGateway;
  readonly admin: AdminSurface;
  /** Resolves when every service with routes is loaded. */
  readonly ready: Promise<void>;
  /** Its port is known once the server listens. */
  readonly address: { readonly port: number };
  /** Comes before each operation. @default - operations run as they are called */
  readonly intercept?: Interceptor | undefined;
  /** Every request that is being answered. */
  readonly inFlight: InFlight;
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
  /** The service's surface that the request is for, once that is known. */
  route?: HttpRoute | undefined;
  /** The one service that may answer: a web page was let in for it, and for nothing else. */
  onlyService?: ServiceName;
}

/** A step of the request path. Returns whether it has answered. */
export type Handler = (exchange: Exchange) => boolean | Promise<boolean>;
