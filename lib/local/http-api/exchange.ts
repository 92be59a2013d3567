import type { Authorization } from "./authorize.ts";
import type { GatewayRequest } from "./gateway-request.ts";
import type { MatchedRoute } from "./match-route.ts";
import type { ServedStage } from "./served-stage.ts";

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
