import type { Cloud } from "../service.ts";
import type { Exchange } from "./exchange.ts";
import { failure } from "./gateway-answer.ts";
import { iamIdentity } from "./iam-identity.ts";
import { createLambdaAuthorizer } from "./lambda-authorizer.ts";

/** The authorizers of all APIs. */
export interface Authorizers {
  /** Notes who calls, or ends the request: 401 without a usable identity, 403 without the right. */
  authorize(exchange: Exchange): Promise<void>;
  /** Drops the cached decisions of a stage's Lambda authorizers. */
  forget(apiId: string, stageName: string): void;
}

type JwtAuthorizer = Awaited<ReturnType<typeof loadJwtAuthorizer>>;

/** Verifying signatures takes a library, which only APIs with such an authorizer need. */
async function loadJwtAuthorizer({ clock }: Cloud) {
  const { createJwtAuthorizer } = await import("./jwt-authorizer.ts");
  return createJwtAuthorizer(clock);
}

/** Creates the authorizers: IAM, JWT and Lambda. */
export function createAuthorizers(cloud: Cloud): Authorizers {
  let jwt: Promise<JwtAuthorizer> | undefined;
  const lambda = createLambdaAuthorizer(cloud);
  return {
    forget: (apiId, stageName) => lambda.forget(apiId, stageName),
    async authorize(exchange) {
      const { AuthorizationType: type, AuthorizerId: id } = exchange.route?.record ?? {};
      if (type === undefined || type === "NONE") return;
      if (type === "AWS_IAM") {
        exchange.authorization = iamIdentity(cloud, exchange);
        return;
      }
      const authorizer = exchange.stage.authorizers.get(id ?? "");
      if (!authorizer) throw failure(500);
      if (type === "JWT") {
        jwt ??= loadJwtAuthorizer(cloud);
        exchange.authorization = await (await jwt)(exchange, authorizer);
      } else exchange.authorization = await lambda.authorize(exchange, authorizer);
    },
  };
}
