import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from "jose";
import type { Clock } from "../state/clock.ts";
import type { AuthorizerRecord } from "./api-parts.ts";
import type { Authorization } from "./exchange.ts";
import type { Exchange } from "./exchange.ts";
import { failure, type GatewayFailure } from "./gateway-answer.ts";
import { identityValues } from "./identity-source.ts";

type Keys = (issuer: string) => Promise<JWTVerifyGetKey>;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html: RSA only. */
const ALGORITHMS = ["RS256", "RS384", "RS512"];
const DISCOVERY_TIMEOUT_MS = 5000;
/** How long AWS keeps an issuer's keys. */
const KEYS_LIVE_MS = 2 * 60 * 60 * 1000;

/** Verifies bearer tokens against their issuer's published keys. */
export function createJwtAuthorizer(clock: Clock) {
  const keys = createIssuerKeys(clock);
  return async (exchange: Exchange, authorizer: AuthorizerRecord): Promise<Authorization> => {
    const token = identityValues(exchange, authorizer.IdentitySource ?? [])?.[0]?.replace(/^bearer\s+/i, "");
    if (token === undefined) throw unauthorized(exchange, undefined);
    const claims = await verifiedClaims(exchange, authorizer, token, clock, keys);
    const scopes = grantedScopes(exchange, claims);
    const shown = Object.fromEntries(Object.entries(claims).map(([name, value]) => [name, claimText(value)]));
    return { v2: { jwt: { claims: shown, scopes } }, v1: { claims: shown, scopes }, claims: shown };
  };
}

async function verifiedClaims(
  exchange: Exchange,
  authorizer: AuthorizerRecord,
  token: string,
  clock: Clock,
  keys: Keys,
): Promise<JWTPayload> {
  const issuer = authorizer.JwtConfiguration?.Issuer ?? "";
  try {
    const { payload } = await jwtVerify(token, await keys(issuer), {
      issuer,
      algorithms: ALGORITHMS,
      currentDate: new Date(clock.now()),
      requiredClaims: ["exp"],
    });
    if (!isForAudience(payload, authorizer.JwtConfiguration?.Audience ?? []))
      throw unauthorized(exchange, "the token does not have a valid audience");
    return payload;
  } catch (error) {
    throw error instanceof errors.JOSEError || error instanceof TypeError
      ? unauthorized(exchange, reasonOf(error), error)
      : error;
  }
}

/** The audience is `aud`, or `client_id` where the token has no `aud`. */
function isForAudience(claims: JWTPayload, audience: readonly string[]): boolean {
  const given: unknown = claims.aud ?? claims["client_id"] ?? [];
  return (Array.isArray(given) ? given : [given]).some((one) => audience.includes(one));
}

/** A route with scopes needs one of them in `scope` or `scp`; null where it needs none. */
function grantedScopes(exchange: Exchange, claims: JWTPayload): string[] | null {
  const wanted = exchange.route?.record.AuthorizationScopes ?? [];
  if (wanted.length === 0) return null;
  const scopes: unknown = claims["scope"] ?? claims["scp"] ?? "";
  const given: readonly unknown[] = Array.isArray(scopes) ? scopes : String(scopes).split(" ");
  const granted = wanted.filter((scope) => given.includes(scope));
  if (granted.length > 0) return granted;
  exchange.authorizerError = "the token does not have the required scopes";
  throw failure(403, {
    headers: [
      [
        "www-authenticate",
        `Bearer scope="${wanted.join(" ")}" error="insufficient_scope" error_description="${exchange.authorizerError}"`,
      ],
    ],
  });
}

/** Claims reach a function as texts: lists as `[a b]`, as AWS prints them. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(" ")}]`;
  if (typeof value === "object" && value !== null)
    return `map[${Object.entries(value)
      .map(([name, one]) => `${name}:${claimText(one)}`)
      .join(" ")}]`;
  return String(value);
}

function unauthorized(exchange: Exchange, reason: string | undefined, cause?: unknown): GatewayFailure {
  exchange.authorizerError = reason ?? "no token was given";
  const detail = reason === undefined ? "" : ` scope="" error="invalid_token" error_description="${reason}"`;
  return failure(401, { headers: [["www-authenticate", `Bearer${detail}`]], cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "the token has expired";
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "iss")
    return "the token has an invalid issuer";
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf") return "the token is not valid yet";
  if (error instanceof errors.JWKSNoMatchingKey) return "unable to find a signing key that matches the token";
  if (error instanceof errors.JOSEAlgNotAllowed) return "signing method is invalid";
  if (error instanceof errors.JWSSignatureVerificationFailed) return "crypto/rsa: verification error";
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return "the token is malformed";
  return "OIDC discovery endpoint communication error";
}

/** An issuer's keys, by its OpenID configuration; fetched again after two hours. */
function createIssuerKeys(clock: Clock): Keys {
  const known = new Map<string, { untilMs: number; keys: Promise<JWTVerifyGetKey> }>();
  return (issuer) => {
    const cached = known.get(issuer);
    if (cached && cached.untilMs > clock.now()) return cached.keys;
    const keys = discover(issuer);
    known.set(issuer, { untilMs: clock.now() + KEYS_LIVE_MS, keys });
    keys.catch(() => known.delete(issuer));
    return keys;
  };
}

async function discover(issuer: string): Promise<JWTVerifyGetKey> {
  const url = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DISCOVERY_TIMEOUT_MS), redirect: "error" });
    const { jwks_uri: location } = (await response.json()) as { jwks_uri?: unknown };
    return createRemoteJWKSet(new URL(String(location)), { timeoutDuration: DISCOVERY_TIMEOUT_MS });
  } catch (error) {
    throw new TypeError(`${url} does not lead to an issuer's keys.`, { cause: error });
  }
}
