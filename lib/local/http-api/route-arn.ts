import type { Exchange } from "./exchange.ts";

/** The ARN of the request's stage, method and path, as policies on `execute-api:Invoke` name it. */
export function routeArn({ request, stage }: Pick<Exchange, "request" | "stage">): string {
  const path = request.path.slice(stage.prefix.length) || "/";
  return `arn:aws:execute-api:${stage.api.Region}:${stage.account}:${stage.api.ApiId}/${stage.name}/${request.method}${path}`;
}
