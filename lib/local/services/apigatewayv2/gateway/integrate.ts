import type { IncomingMessage } from "node:http";
import type { Cloud } from "../../../service.ts";
import type { IntegrationRecord } from "../../../http-api/api-parts.ts";
import type { Exchange } from "../../../http-api/exchange.ts";
import { failure, GatewayFailure, type GatewayAnswer } from "../../../http-api/gateway-answer.ts";
import { createHttpProxy } from "./http-proxy.ts";
import { lambdaAnswer } from "../../../http-api/lambda-answer.ts";
import { lambdaEvent } from "../../../http-api/lambda-event.ts";
import { mayInvoke } from "../../../http-api/lambda-permission.ts";
import { invokeLambda, lambdaTarget } from "../../../http-api/lambda-target.ts";
import { mappedAnswer, mappedRequest } from "./map-parameters.ts";
import { readBody } from "../../../http-api/read-body.ts";
import { withStageVariables } from "../../../http-api/variables.ts";

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html: maximum integration timeout. */
const DEFAULT_TIMEOUT_MS = 30_000;

/** What `$context.integrationErrorMessage` says at AWS. */
const NOT_PERMITTED =
  "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. Check the permissions and try again.";

interface Integrations {
  /** Calls what the route points at and gives its answer, parameters mapped. */
  integrate(exchange: Exchange, message: IncomingMessage): Promise<GatewayAnswer>;
  close(): void;
}

/** Runs the integrations of routes: functions, services and HTTP endpoints. */
export function createIntegrations(cloud: Cloud): Integrations {
  const proxy = createHttpProxy();
  return {
    async integrate(exchange, message) {
      const integration = integrationOf(exchange);
      const startedMs = performance.now();
      exchange.integration = {};
      try {
        const answer =
          integration.IntegrationType === "AWS_PROXY"
            ? await callLambda(cloud, exchange, integration, message)
            : await proxy.forward(exchange, integration, message);
        exchange.integration.status = answer.status;
        return await mappedAnswer(exchange, integration, answer);
      } catch (error) {
        exchange.integration.error = errorText(error);
        throw error;
      } finally {
        exchange.integration.latencyMs = performance.now() - startedMs;
      }
    },
    close: () => proxy.close(),
  };
}

function integrationOf(exchange: Exchange): IntegrationRecord {
  const id = exchange.route?.record.Target?.split("/")[1];
  const integration = id === undefined ? undefined : exchange.stage.integrations.get(id);
  if (!integration) throw failure(500);
  return integration;
}

async function callLambda(
  cloud: Cloud,
  exchange: Exchange,
  integration: IntegrationRecord,
  message: IncomingMessage,
): Promise<GatewayAnswer> {
  const body = await readBody(message);
  const target = lambdaTarget(withStageVariables(integration.IntegrationUri ?? "", exchange.stage.variables));
  if (!target) throw failure(500, { cause: new Error(`${integration.IntegrationUri} names no function.`) });
  if (integration.CredentialsArn === undefined && !(await mayInvoke(cloud, target, sourceArns(exchange))))
    throw failure(500, { cause: new Error(NOT_PERMITTED) });
  const version = integration.PayloadFormatVersion ?? "2.0";
  const parts = mappedRequest(exchange, integration, body);
  const event = lambdaEvent(exchange, parts, version, body);
  const { payload, functionError } = await invokeLambda(
    cloud,
    target,
    event,
    integration.TimeoutInMillis ?? DEFAULT_TIMEOUT_MS,
    integration.CredentialsArn,
  );
  if (functionError !== undefined)
    throw failure(500, {
      cause: new Error(`${functionError}: ${Buffer.from(payload).toString("utf8").slice(0, 1000)}`),
    });
  return lambdaAnswer(payload, version);
}

/** The ARNs under which API Gateway calls a function for this request: an `ANY` route's under both names. */
function sourceArns({ request, route, stage }: Exchange): string[] {
  const base = `arn:aws:execute-api:${stage.api.Region}:${stage.account}:${stage.api.ApiId}/${stage.name}`;
  if (!route || route.key === "$default") return [`${base}/$default`];
  const methods = route.key.startsWith("ANY ") ? [request.method, "ANY"] : [request.method];
  return methods.map((method) => `${base}/${method}${route.path}`);
}

function errorText(error: unknown): string {
  if (!(error instanceof GatewayFailure)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
