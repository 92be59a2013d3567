import type { Cloud } from "../service.ts";
import type { AuthorizerRecord } from "./api-parts.ts";
import { allowsRoute } from "./authorizer-policy.ts";
import type { Exchange, Authorization } from "./exchange.ts";
import { failure } from "./gateway-answer.ts";
import { identityValues } from "./identity-source.ts";
import { eventV1, eventV2 } from "./lambda-event.ts";
import { mayInvoke } from "./lambda-permission.ts";
import { invokeLambda, lambdaTarget } from "./lambda-target.ts";
import { routeArn } from "./route-arn.ts";

/** An authorizer has ten seconds: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html */
const TIMEOUT_MS = 10_000;
const MAX_KEPT = 10_000;

interface Decision {
  readonly isAuthorized?: unknown;
  readonly principalId?: unknown;
  readonly policyDocument?: unknown;
  readonly context?: unknown;
}

/** The Lambda authorizers of all APIs, with what they decided. */
export interface LambdaAuthorizer {
  authorize(exchange: Exchange, authorizer: AuthorizerRecord): Promise<Authorization>;
  /** Drops the cached decisions of a stage. */
  forget(apiId: string, stageName: string): void;
}

/** Calls an authorizer function; its decision is cached by the identity sources of the request. */
export function createLambdaAuthorizer(cloud: Cloud): LambdaAuthorizer {
  const kept = new Map<string, { untilMs: number; decision: Decision }>();
  async function authorize(exchange: Exchange, authorizer: AuthorizerRecord): Promise<Authorization> {
    const startedMs = performance.now();
    const sources = authorizer.IdentitySource ?? [];
    const identity = identityValues(exchange, sources);
    if (!identity) throw failure(401);
    const ttlMs = (authorizer.AuthorizerResultTtlInSeconds ?? 0) * 1000;
    const key = JSON.stringify([exchange.stage.api.ApiId, exchange.stage.name, authorizer.AuthorizerId, identity]);
    const cached = ttlMs > 0 ? kept.get(key) : undefined;
    const fresh = cached && cached.untilMs > cloud.clock.now() ? cached.decision : undefined;
    const decision = fresh ?? (await ask(cloud, exchange, authorizer, identity));
    if (!fresh && ttlMs > 0) {
      if (kept.size >= MAX_KEPT) kept.clear();
      kept.set(key, { untilMs: cloud.clock.now() + ttlMs, decision });
    }
    return authorizationOf(exchange, authorizer, decision, performance.now() - startedMs);
  }

  return {
    authorize,
    forget(apiId, stageName) {
      for (const key of kept.keys())
        if (key.startsWith(JSON.stringify([apiId, stageName]).slice(0, -1))) kept.delete(key);
    },
  };
}

async function ask(
  cloud: Cloud,
  exchange: Exchange,
  authorizer: AuthorizerRecord,
  identity: readonly string[],
): Promise<Decision> {
  const target = lambdaTarget(authorizer.AuthorizerUri ?? "");
  const { stage } = exchange;
  const source = `arn:aws:execute-api:${stage.api.Region}:${stage.account}:${stage.api.ApiId}/authorizers/${authorizer.AuthorizerId}`;
  const permitted =
    target && (authorizer.AuthorizerCredentialsArn !== undefined || (await mayInvoke(cloud, target, [source])));
  if (!permitted) throw failed(exchange, "API Gateway doesn't have permissions to call the authorizer's function");
  const event = eventFor(exchange, authorizer, identity);
  const role = authorizer.AuthorizerCredentialsArn;
  const output = await invokeLambda(cloud, target, event, TIMEOUT_MS, role).catch((error: unknown) => {
    throw failed(exchange, String(error));
  });
  const text = Buffer.from(output.payload).toString("utf8");
  if (output.functionError !== undefined) throw failed(exchange, text);
  try {
    const decision: Decision = JSON.parse(text);
    return decision;
  } catch {
    throw failed(exchange, "the authorizer's response is not JSON");
  }
}

function eventFor(exchange: Exchange, authorizer: AuthorizerRecord, identity: readonly string[]): object {
  const arn = routeArn(exchange);
  if (authorizer.AuthorizerPayloadFormatVersion === "2.0") {
    const { version, ...event } = eventV2(exchange, exchange.request);
    return { version, type: "REQUEST", routeArn: arn, identitySource: identity, ...event };
  }
  const { version, ...event } = eventV1(exchange, exchange.request);
  const source = identity.join(",");
  return { version, type: "REQUEST", methodArn: arn, identitySource: source, authorizationToken: source, ...event };
}

function authorizationOf(
  exchange: Exchange,
  authorizer: AuthorizerRecord,
  decision: Decision,
  latencyMs: number,
): Authorization {
  const allowed = authorizer.EnableSimpleResponses ? simpleVerdict(decision) : policyVerdict(exchange, decision);
  if (allowed === undefined) throw failed(exchange, "the authorizer's response has not the shape that was configured");
  if (!allowed) throw failure(403);
  const context = contextOf(decision.context);
  const latency = Math.round(latencyMs);
  const principal = typeof decision.principalId === "string" ? { principalId: decision.principalId } : {};
  return {
    v2: { lambda: decision.context === undefined ? null : context },
    v1: { ...context, ...principal, integrationLatency: latency },
    context: { ...context, ...principal },
    latencyMs: latency,
    status: 200,
  };
}

function simpleVerdict(decision: Decision | null): boolean | undefined {
  return typeof decision?.isAuthorized === "boolean" ? decision.isAuthorized : undefined;
}

function policyVerdict(exchange: Exchange, decision: Decision | null): boolean | undefined {
  if (typeof decision?.principalId !== "string") return undefined;
  return allowsRoute(decision.policyDocument, routeArn(exchange));
}

function contextOf(context: unknown): Record<string, unknown> {
  return typeof context === "object" && context !== null ? { ...context } : {};
}

function failed(exchange: Exchange, why: string): Error {
  exchange.authorizerError = why;
  return failure(500, { cause: new Error(why) });
}
