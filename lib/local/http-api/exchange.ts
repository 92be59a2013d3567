import type { GatewayRequest } from "./gateway-request.ts";
import type { MatchedRoute } from "./match-route.ts";
import type { ServedStage } from "./served-stage.ts";

/** What an authorizer found out, in the shapes that the events and the logs show. */
export interface Authorization {
  /** `requestContext.authorizer` of format 2.0 and of format 1.0. */
  readonly v2?: object;
  readonly v1?: object;
  /** For `$context.authorizer.*`, `$context.authorizer.claims.*` and `$context.identity.*`. */
  readonly context?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly identity?: Readonly<Record<string, unknown>>;
  readonly latencyMs?: number;
  readonly status?: number;
}

/** One request on its way through the gateway: what is known of it so far. */
export interface Exchange {
  readonly request: GatewayRequest;
  readonly stage: ServedStage;
  /** The machine's monotonic clock, in milliseconds. */
  readonly startedMs: number;
  route?: MatchedRoute | undefined;
  authorization?: Authorization | undefined;
  authorizerError?: string;
  integration?: IntegrationOutcome;
  errorMessage?: string;
  status?: number;
  latencyMs?: number;
  responseBytes?: number;
}

/** What is known of the integration's call. */
interface IntegrationOutcome {
  status?: number;
  latencyMs?: number;
  requestId?: string;
  error?: string;
}
