import type { IHttpRouteAuthorizer } from "aws-cdk-lib/aws-apigatewayv2";
import type { HttpApiProps } from "./http-api-props.ts";
import { brokenRules, type Rule } from "./problems.ts";

/** A route and its authorizer. */
interface CheckedRoute {
  readonly key: string;
  readonly authorizer: IHttpRouteAuthorizer | undefined;
}

const METHODS = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
const ROUTE_KEY = new RegExp(`^(?:\\$default|(?:${METHODS.join("|")}) /.*)$`);

const RULES: readonly Rule<CheckedRoute>[] = [
  {
    when: ({ key }) => !ROUTE_KEY.test(key),
    message: ({ key }) =>
      `routes: '${key}' is not a route. Write a method (${METHODS.join(", ")}), a space and a path, such as 'GET /todos/{id}', or '$default'.`,
  },
  {
    when: ({ key }) => ROUTE_KEY.test(key) && pathProblem(key) !== undefined,
    message: ({ key }) => `routes: in '${key}', ${pathProblem(key)}.`,
  },
  {
    when: ({ authorizer }) => authorizer === undefined,
    message: ({ key }) =>
      `authorizer: '${key}' has none. Give the API a 'defaultAuthorizer' or the route an 'authorizer': HttpAuth.iam(), ` +
      "HttpAuth.jwt({ jwtIssuer, jwtAudience }), HttpAuth.function(fn), or HttpAuth.none() to open it to the internet.",
  },
];

/** What is wrong with a route. */
export function routeProblems(route: CheckedRoute): string[] {
  return brokenRules(route, RULES);
}

function pathProblem(key: string): string | undefined {
  const segments = key.slice(key.indexOf("/") + 1).split("/");
  const names = segments.filter((segment) => /[{}]/.test(segment));
  const wrong = names.find((segment) => !/^\{[\w.-]+\+?\}$/.test(segment));
  if (wrong !== undefined) return `'${wrong}' must be a whole segment such as '{id}' or '{proxy+}'`;
  const greedy = segments.findIndex((segment) => segment.endsWith("+}"));
  if (greedy !== -1 && greedy !== segments.length - 1) return `'${segments[greedy]}' must be the last segment`;
  return new Set(names).size === names.length ? undefined : "a variable is named twice";
}

/** What is wrong with the log of requests. */
export function accessLogProblems({ accessLogSettings, accessLogRetention }: HttpApiProps): string[] {
  if (accessLogSettings === undefined || accessLogRetention === undefined) return [];
  return ["accessLogRetention: only the API's own log group has it. Leave it out, or leave out 'accessLogSettings'."];
}
