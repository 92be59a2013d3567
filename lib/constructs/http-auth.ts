import {
  type HttpRouteAuthorizerBindOptions,
  type HttpRouteAuthorizerConfig,
  HttpNoneAuthorizer,
  type IHttpRouteAuthorizer,
} from "aws-cdk-lib/aws-apigatewayv2";
import {
  HttpIamAuthorizer,
  HttpJwtAuthorizer,
  type HttpJwtAuthorizerProps,
  HttpLambdaAuthorizer,
  type HttpLambdaAuthorizerProps,
  HttpLambdaResponseType,
} from "aws-cdk-lib/aws-apigatewayv2-authorizers";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { UserError } from "../errors.ts";
import { type PropNames, unknownPropProblems } from "./known-props.ts";

/** Which JSON Web Tokens are accepted. The names are those of aws-cdk-lib's `HttpJwtAuthorizer`. */
export interface JwtAuthProps extends HttpJwtAuthorizerProps {
  /** The issuer's URL, as in the token's `iss`. */
  readonly jwtIssuer: string;
  /** A token is accepted if its `aud` or `client_id` is one of these. */
  readonly jwtAudience: string[];
  /**
   * Scopes, of which a token needs one.
   * @default - none
   */
  readonly authorizationScopes?: readonly string[];
  /**
   * Name of the authorizer, unique in its API.
   * @default "Jwt"
   */
  readonly authorizerName?: string;
}

/** How an authorizing function is called. The names are those of aws-cdk-lib's `HttpLambdaAuthorizer`. */
export interface FunctionAuthProps extends HttpLambdaAuthorizerProps {
  /**
   * What the function returns.
   * @default [HttpLambdaResponseType.SIMPLE]
   */
  readonly responseTypes?: HttpLambdaResponseType[];
  /**
   * Name of the authorizer, unique in its API.
   * @default - the function's id
   */
  readonly authorizerName?: string;
}

const JWT_NAMES: PropNames<JwtAuthProps> = {
  authorizationScopes: true,
  authorizerName: true,
  identitySource: true,
  jwtAudience: true,
  jwtIssuer: true,
};
const FUNCTION_NAMES: Partial<PropNames<FunctionAuthProps>> = {
  authorizerName: true,
  identitySource: true,
  responseTypes: true,
  resultsCacheTtl: true,
  role: true,
};

/** The names of the options of `HttpAuth.jwt` and `HttpAuth.function`. */
export const HTTP_AUTH_OPTIONS = { jwt: Object.keys(JWT_NAMES), function: Object.keys(FUNCTION_NAMES) } as const;

/**
 * Who may call a route: an authorizer of aws-cdk-lib with its scopes. An API is never open by omission: to open it,
 * give `HttpAuth.none()`.
 */
export class HttpAuth implements IHttpRouteAuthorizer {
  /** Everyone on the internet. */
  static none(): HttpAuth {
    return new HttpAuth("none", new HttpNoneAuthorizer());
  }

  /** Callers that sign their requests and have the right `execute-api:Invoke`. */
  static iam(): HttpAuth {
    return new HttpAuth("iam", new HttpIamAuthorizer());
  }

  /** Bearers of a JSON Web Token. Throws a UserError for an unknown option. */
  static jwt(props: JwtAuthProps): HttpAuth {
    checkOptions("jwt", props);
    const { jwtIssuer, authorizationScopes, ...given } = props;
    const authorizer = new HttpJwtAuthorizer(given.authorizerName ?? "Jwt", jwtIssuer, given);
    return new HttpAuth("jwt", authorizer, authorizationScopes);
  }

  /**
   * Callers that a function accepts: it receives the request and returns `{ isAuthorized, context? }`. Throws a UserError
   * for an unknown option.
   */
  static function(fn: IFunction, props: FunctionAuthProps = {}): HttpAuth {
    checkOptions("function", props);
    const authorizer = new HttpLambdaAuthorizer(props.authorizerName ?? fn.node.id, fn, {
      responseTypes: [HttpLambdaResponseType.SIMPLE],
      ...props,
    });
    return new HttpAuth("function", authorizer);
  }

  readonly kind: "none" | "iam" | "jwt" | "function";
  readonly #authorizer: IHttpRouteAuthorizer;
  readonly #scopes: readonly string[] | undefined;

  private constructor(kind: HttpAuth["kind"], authorizer: IHttpRouteAuthorizer, scopes?: readonly string[]) {
    this.kind = kind;
    this.#authorizer = authorizer;
    this.#scopes = scopes;
  }

  /** Called by the route of aws-cdk-lib. */
  bind(options: HttpRouteAuthorizerBindOptions): HttpRouteAuthorizerConfig {
    const config = this.#authorizer.bind(options);
    return this.#scopes === undefined ? config : { ...config, authorizationScopes: [...this.#scopes] };
  }
}

/** There is no construct yet whose path could be named. */
function checkOptions(kind: "jwt" | "function", props: object): void {
  const problems = unknownPropProblems(props, HTTP_AUTH_OPTIONS[kind], `HttpAuth.${kind}`);
  if (problems.length > 0) throw new UserError("PropUnknown", problems.join("\n"));
}
