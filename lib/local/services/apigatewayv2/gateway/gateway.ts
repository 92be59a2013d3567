import type { IncomingMessage, ServerResponse } from "node:http";
import type { Cloud, HttpRoute } from "../../../service.ts";
import type { Tables } from "../records.ts";
import { createAccessLog } from "../../../http-api/access-log.ts";
import { createApiMetrics } from "../../../http-api/api-metrics.ts";
import { addressOf, isGatewayAddress } from "../../../http-api/api-address.ts";
import { createAuthorizers } from "../../../http-api/authorize.ts";
import { isPreflight, preflightAnswer, withCors } from "../../../http-api/cors.ts";
import type { Exchange } from "../../../http-api/exchange.ts";
import { failure, GatewayFailure, type GatewayAnswer } from "../../../http-api/gateway-answer.ts";
import { readRequest } from "../../../http-api/gateway-request.ts";
import { createIntegrations } from "./integrate.ts";
import { matchRoute } from "../../../http-api/match-route.ts";
import { createServedStages } from "./served-stages.ts";
import { createThrottle } from "../../../http-api/throttle.ts";
import { writeAnswer } from "../../../http-api/write-answer.ts";

/** The data plane: answers requests to deployed stages. */
export interface Gateway {
  readonly route: HttpRoute;
  /** Drops what was compiled of an API: its next request sees what is deployed now. */
  forget(apiId: string): void;
  /** Drops the cached decisions of a stage's authorizers. */
  resetAuthorizers(apiId: string, stageName: string): void;
  /** Hands the last access logs and metrics over, and closes kept connections. */
  stop(): Promise<void>;
}

/** The HTTP surface of all HTTP and WebSocket APIs of the cloud. */
export function createGateway(cloud: Cloud, tables: Tables): Gateway {
  const stages = createServedStages(cloud.account, tables);
  const throttle = createThrottle(cloud.clock);
  const authorizers = createAuthorizers(cloud);
  const integrations = createIntegrations(cloud);
  const accessLog = createAccessLog(cloud);
  const metrics = createApiMetrics(cloud);

  /** The steps of a request: each step continues, or ends it by throwing the answer. */
  async function answer(exchange: Exchange, message: IncomingMessage): Promise<GatewayAnswer> {
    exchange.route = matchRoute(exchange.stage.routes, exchange.request.method, exchange.request.routePath);
    const preflight = exchange.stage.cors !== undefined && isPreflight(exchange.request);
    if (!exchange.route && !preflight) throw failure(404);
    if (exchange.route) {
      throttle.admit(exchange.stage, exchange.route.key);
      await authorizers.authorize(exchange);
    }
    if (preflight) return preflightAnswer(exchange);
    return integrations.integrate(exchange, message);
  }

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const address = addressOf(message);
    const stage = address && stages.find(address);
    if (!stage) return void (await writeAnswer(message, response, failure(404).answer));
    const exchange: Exchange = {
      request: readRequest(message, stage, cloud.clock.now()),
      stage,
      startedMs: performance.now(),
    };
    const outcome = await answer(exchange, message).catch((error: unknown) => answerOf(cloud, exchange, error));
    exchange.status = outcome.status;
    exchange.responseBytes = await writeAnswer(message, response, withCors(exchange, outcome));
    exchange.latencyMs = performance.now() - exchange.startedMs;
    accessLog.record(exchange);
    metrics.record(exchange);
  }

  return {
    route: { isUserApi: true, matches: isGatewayAddress, handle: (message, response) => serve(message, response) },
    forget: (apiId) => stages.forget(apiId),
    resetAuthorizers: (apiId, stageName) => authorizers.forget(apiId, stageName),
    async stop() {
      integrations.close();
      await Promise.all([accessLog.stop(), metrics.stop()]);
    },
  };
}

/** The answer that a failed step carries; anything else that was thrown is ours, and is logged. */
function answerOf(cloud: Cloud, exchange: Exchange, error: unknown): GatewayAnswer {
  const failed = error instanceof GatewayFailure ? error : failure(500, { cause: error });
  exchange.errorMessage = failed.message;
  const clientLeft = (error as { code?: unknown }).code === "ECONNRESET";
  if (!(error instanceof GatewayFailure) && !clientLeft)
    cloud.log(`apigateway: ${exchange.request.method} ${exchange.request.path}: ${String(error)}`);
  return failed.answer;
}
