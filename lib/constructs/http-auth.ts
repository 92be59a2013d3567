import type { Duration } from "aws-cdk-lib";
import { HttpNoneAuthorizer, type IHttpRouteAuthorizer } from "aws-cdk-lib/aws-apigatewayv2";
import {
  HttpIamAuthorizer,
  HttpJwtAuthorizer,
  HttpLambdaAuthorizer,
  HttpLambdaResponseType,
} from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import type { IFunction } from "aws-cdk-lib/aws-lambda";

/** Whose JSON Web Tokens are taken. */
export interface JwtAuthProps {
  /** The issuer's URL, as in the token's `iss`. */
  readonly issuer: string;
  /** Takes a token whose `aud` or `client_id` is one of these. */
  readonly audience: readonly string[];
  /**
   * Scopes of which a token needs one.
   * @default - none
   */
  readonly scopes?: readonly string[];
  /**
   * Name of the authoriser, which must be unique in its API.
   * @default "Jwt"
   */
  readonly name?: string;
}

/** How an authorising function is called. */
export interface FunctionAuthProps {
  /**
   * How long a verdict is kept for the same identity. Up to an hour; 0 keeps none.
   * @default Duration.minutes(5)
   */
  readonly cache?: Duration;
  /**
   * Where the identity is taken from; without it, the function is not called at all.
   * @default ["$request.header.Authorization"]
   */
  readonly identitySource?: readonly string[];
  /**
   * Name of the authoriser, which must be unique in its API.
   * @default - the function's id
   */
  readonly name?: string;
}

/** Who may call a route. An API is never open by omission: say `HttpAuth.none()` where it shall be. */
export class HttpAuth {
  /** Anybody on the internet. */
  static none(): HttpAuth {
    return new HttpAuth("none", new HttpNoneAuthorizer());
  }

  /** Callers that sign their requests and may `execute-api:Invoke`. */
  static iam(): HttpAuth {
    return new HttpAuth("iam", new HttpIamAuthorizer());
  }

  /** Bearers of a JSON Web Token. */
  static jwt({ issuer, audience, scopes, name }: JwtAuthProps): HttpAuth {
    const authorizer = new HttpJwtAuthorizer(name ?? "Jwt", issuer, { jwtAudience: [...audience] });
    return new HttpAuth("jwt", authorizer, scopes);
  }

  /** Whom a function lets in: it gets the request and answers `{ isAuthorized, context? }`. */
  static function(fn: IFunction, { cache, identitySource, name }: FunctionAuthProps = {}): HttpAuth {
    const authorizer = new HttpLambdaAuthorizer(name ?? fn.node.id, fn, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      resultsCacheTtl: cache,
      identitySource: identitySource === undefined ? undefined : [...identitySource],
    });
    return new HttpAuth("function", authorizer);
  }

  readonly kind: "none" | "iam" | "jwt" | "function";
  /** What aws-cdk-lib calls it. */
  readonly authorizer: IHttpRouteAuthorizer;
  readonly scopes: readonly string[] | undefined;

  private constructor(kind: HttpAuth["kind"], authorizer: IHttpRouteAuthorizer, scopes?: readonly string[]) {
    this.kind = kind;
    this.authorizer = authorizer;
    this.scopes = scopes;
  }
}
