import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  CreateAuthorizerCommand,
  ResetAuthorizersCacheCommand,
  type CreateAuthorizerCommandInput,
} from "@aws-sdk/client-apigatewayv2";
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { assumeNewRole, signedBy } from "../../helpers/role-session.ts";
import { functionArn, startGateway, type GatewayFixture, type TestApi } from "./gateway-fixture.ts";

let fixture: GatewayFixture;
let api: TestApi;
let issuer: Server;
let issuerUrl: string;
let key: CryptoKey;

/** Decides by the token, and says how often it was asked. */
const GUARD = `let asked = 0;
exports.handler = async (event) => {
  asked++;
  const token = event.identitySource?.[0] ?? event.authorizationToken;
  if (token === "throw") throw new Error("no");
  if (token === "odd") return { something: "else" };
  return { isAuthorized: token === "yes", context: { asked, arn: event.routeArn, kind: event.type, format: event.version } };
}`;

const POLICY = `exports.handler = async (event) => ({
  principalId: "me",
  policyDocument: { Version: "2012-10-17", Statement: [
    { Effect: "Allow", Action: "execute-api:Invoke", Resource: event.methodArn.replace(/\\/GET\\/.*/, "/GET/policy/*") },
    { Effect: "Deny", Action: "execute-api:Invoke", Resource: "*/GET/policy/forbidden".replace("*", event.methodArn.split("/").slice(0, 2).join("/")) },
  ] },
  context: { color: "blue" },
})`;

beforeAll(async () => {
  const pair = await generateKeyPair("RS256", { extractable: true });
  key = pair.privateKey;
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: "one", alg: "RS256", use: "sig" };
  issuer = createServer((request, response) => {
    response.setHeader("content-type", "application/json");
    const found =
      request.url === "/.well-known/openid-configuration" ? { jwks_uri: `${issuerUrl}/keys` } : { keys: [jwk] };
    response.end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => void issuer.listen(0, "127.0.0.1", resolve));
  issuerUrl = `http://127.0.0.1:${(issuer.address() as AddressInfo).port}`;
  fixture = await startGateway();
  for (const [name, code] of [
    ["echo", "exports.handler = async (event) => event.requestContext.authorizer ?? null"],
    ["echo1", "exports.handler = async (event) => ({ statusCode: 200, body: JSON.stringify(event.requestContext) })"],
    ["guard", GUARD],
    ["policy", POLICY],
  ] as const) {
    await fixture.make(name, code);
    await fixture.permit(name);
  }
  await makeApi();
});
afterAll(async () => {
  await fixture.cloud.stop();
  issuer.closeAllConnections();
  issuer.close();
});

async function makeApi(): Promise<void> {
  api = await fixture.newApi();
  const authorizer = async (Name: string, more: Partial<CreateAuthorizerCommandInput>) => {
    const made = await fixture.api.send(
      new CreateAuthorizerCommand({
        ApiId: api.id,
        Name,
        AuthorizerType: "REQUEST",
        IdentitySource: ["$request.header.Authorization"],
        ...more,
      }),
    );
    return made.AuthorizerId!;
  };
  const jwt = await authorizer("jwt", {
    AuthorizerType: "JWT",
    JwtConfiguration: { Issuer: issuerUrl, Audience: ["app"] },
  });
  const guarded = {
    AuthorizerUri: functionArn("guard"),
    AuthorizerPayloadFormatVersion: "2.0",
    EnableSimpleResponses: true,
  };
  const fresh = await authorizer("fresh", { ...guarded, AuthorizerResultTtlInSeconds: 0 });
  const kept = await authorizer("kept", { ...guarded, AuthorizerResultTtlInSeconds: 60 });
  const policy = await authorizer("policy", {
    AuthorizerUri: functionArn("policy"),
    AuthorizerPayloadFormatVersion: "1.0",
  });
  const route = (path: string, more: object, name = "echo") =>
    api.lambdaRoute(`GET ${path}`, name, {
      route: more,
      integration: { PayloadFormatVersion: name === "echo1" ? "1.0" : "2.0" },
    });
  await route("/jwt", { AuthorizationType: "JWT", AuthorizerId: jwt });
  await route("/jwt1", { AuthorizationType: "JWT", AuthorizerId: jwt }, "echo1");
  await route("/scoped", { AuthorizationType: "JWT", AuthorizerId: jwt, AuthorizationScopes: ["read", "write"] });
  await route("/fresh", { AuthorizationType: "CUSTOM", AuthorizerId: fresh });
  await route("/kept", { AuthorizationType: "CUSTOM", AuthorizerId: kept });
  await route("/policy/{id}", { AuthorizationType: "CUSTOM", AuthorizerId: policy }, "echo1");
  await route("/iam", { AuthorizationType: "AWS_IAM" });
  await api.stage("$default");
}

function token(claims: JWTPayload, more: { audience?: string | undefined; issuer?: string; expires?: number } = {}) {
  const now = Math.floor(fixture.cloud.clock.now() / 1000);
  const jwt = new SignJWT(claims)
    .setProtectedHeader({ alg: "RS256", kid: "one" })
    .setIssuer(more.issuer ?? issuerUrl)
    .setIssuedAt(now)
    .setExpirationTime(more.expires ?? now + 60);
  if (!("audience" in more)) jwt.setAudience("app");
  else if (more.audience !== undefined) jwt.setAudience(more.audience);
  return jwt.sign(key);
}

const get = (path: string, authorization?: string) =>
  api.call(path, { headers: authorization === undefined ? {} : { authorization } });

describe("a JWT authorizer", () => {
  test("gives the function the claims, as texts", async () => {
    const claims = { sub: "me", groups: ["a", "b"], admin: true, nested: { x: 1 } };
    const answer = await get("/jwt", `Bearer ${await token(claims)}`);
    expect(answer.json).toEqual({
      jwt: {
        claims: {
          sub: "me",
          groups: "[a b]",
          admin: "true",
          nested: "map[x:1]",
          iss: issuerUrl,
          aud: "app",
          iat: expect.stringMatching(/^\d+$/) as string,
          exp: expect.stringMatching(/^\d+$/) as string,
        },
        scopes: null,
      },
    });
    const old = await get("/jwt1", `Bearer ${await token({ sub: "me" })}`);
    expect(old.json["authorizer"]).toMatchObject({ claims: { sub: "me" }, scopes: null });
  });

  test("requires one of the route's scopes", async () => {
    const answer = await get("/scoped", `Bearer ${await token({ scope: "write other" })}`);
    expect(answer.json).toMatchObject({ jwt: { scopes: ["write"] } });
    const refused = await get("/scoped", `Bearer ${await token({ scope: "other" })}`);
    expect([refused.status, refused.text]).toEqual([403, '{"message":"Forbidden"}']);
    expect(refused.headers["www-authenticate"]).toContain('error="insufficient_scope"');
  });

  test("takes client_id for the audience of a token that has none", async () => {
    expect((await get("/jwt", `Bearer ${await token({ client_id: "app" }, { audience: undefined })}`)).status).toBe(
      200,
    );
  });

  test.each([
    ["is missing", async () => undefined, /^Bearer$/],
    ["is not a token", async () => "Bearer abc", /malformed/],
    ["has expired", async () => `Bearer ${await token({}, { expires: 1000 })}`, /the token has expired/],
    [
      "is for another audience",
      async () => `Bearer ${await token({}, { audience: "other" })}`,
      /does not have a valid audience/,
    ],
    ["is of another issuer", async () => `Bearer ${await token({}, { issuer: "http://evil" })}`, /invalid issuer/],
    ["was changed", async () => `Bearer ${(await token({ a: 1 })).slice(0, -8)}AAAAAAAA`, /verification error/],
  ])("fails when the token %s", async (_what, make, reason) => {
    const answer = await get("/jwt", await make());
    expect([answer.status, answer.text]).toEqual([401, '{"message":"Unauthorized"}']);
    expect(answer.headers["www-authenticate"]).toMatch(reason);
  });

  test("follows the cloud's clock", async () => {
    const soonOld = await token({});
    expect((await get("/jwt", `Bearer ${soonOld}`)).status).toBe(200);
    await fixture.cloud.clock.advance(61_000);
    expect((await get("/jwt", `Bearer ${soonOld}`)).status).toBe(401);
  });
});

describe("a Lambda authorizer", () => {
  test("allows with a simple response, and passes its context on", async () => {
    const answer = await get("/fresh", "yes");
    expect(answer.json).toEqual({
      lambda: {
        asked: expect.any(Number) as number,
        kind: "REQUEST",
        format: "2.0",
        arn: `arn:aws:execute-api:us-east-1:000000000000:${api.id}/$default/GET/fresh`,
      },
    });
  });

  test.each([
    [undefined, 401, "Unauthorized"],
    ["no", 403, "Forbidden"],
    ["throw", 500, "Internal Server Error"],
    ["odd", 500, "Internal Server Error"],
  ])("fails when it is given %s", async (identity, status, message) => {
    const answer = await get("/fresh", identity);
    expect([answer.status, answer.text]).toEqual([status, JSON.stringify({ message })]);
  });

  test("is not asked again for the same identity until its answer is old", async () => {
    const asked = async () => ((await get("/kept", "yes")).json["lambda"] as { asked: number }).asked;
    const first = await asked();
    expect(await asked()).toBe(first);
    await fixture.cloud.clock.advance(61_000);
    expect(await asked()).toBe(first + 1);
    await fixture.api.send(new ResetAuthorizersCacheCommand({ ApiId: api.id, StageName: "$default" }));
    expect(await asked()).toBe(first + 2);
  });

  test("decides by a policy", async () => {
    const answer = await get("/policy/1", "token");
    expect(answer.json["authorizer"]).toMatchObject({ principalId: "me", color: "blue" });
    expect((await get("/policy/forbidden", "token")).status).toBe(403);
  });
});

describe("AWS_IAM", () => {
  const signed =
    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=abc";
  const forbidden = [403, '{"message":"Forbidden"}'];

  test("takes who signed for who calls", async () => {
    const answer = await get("/iam", signed);
    expect(answer.json).toMatchObject({ iam: { accessKey: "AKIDEXAMPLE", accountId: "000000000000" } });
  });

  test("lets a role in that may invoke the route, and no other", async () => {
    const caller = await assumeNewRole(fixture.cloud, "api-caller");
    const authorization = signedBy(caller.credentials, "execute-api");
    const refused = await get("/iam", authorization);
    expect([refused.status, refused.text]).toEqual(forbidden);
    const base = `arn:aws:execute-api:us-east-1:000000000000:${api.id}/$default`;
    const invoke = (Resource: string) => ({ Effect: "Allow", Action: "execute-api:Invoke", Resource });
    await caller.allow(invoke(`${base}/GET/other`), invoke(`${base}/POST/iam`));
    expect((await get("/iam", authorization)).status).toBe(403);
    await caller.allow(invoke(`${base}/GET/iam`));
    const answer = await get("/iam", authorization);
    const { sessionArn: userArn, userId, credentials } = caller;
    expect(answer.json).toEqual({
      iam: {
        accessKey: credentials.accessKeyId,
        accountId: "000000000000",
        callerId: userId,
        cognitoIdentity: null,
        principalOrgId: null,
        userArn,
        userId,
      },
    });
    await caller.allow(invoke(`${base}/*`), { ...invoke(`${base}/GET/iam`), Effect: "Deny" });
    expect((await get("/iam", authorization)).status).toBe(403);
  });

  test("fails when the key is of no session", async () => {
    const answer = await get("/iam", signed.replace("AKIDEXAMPLE", "ASIAEXAMPLE"));
    expect([answer.status, answer.text]).toEqual(forbidden);
  });

  test("fails when a request is not signed", async () => {
    const answer = await get("/iam");
    expect([answer.status, answer.text]).toEqual(forbidden);
  });
});
