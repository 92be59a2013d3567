import { matchesArn, matchesWildcard } from "./lambda-permission.ts";

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

/** Whether an authorizer's policy allows to invoke the route: a Deny beats an Allow; undefined for no policy at all. */
export function allowsRoute(policy: unknown, routeArn: string): boolean | undefined {
  const listed = (policy as { Statement?: unknown } | null | undefined)?.Statement;
  if (listed === undefined) return undefined;
  const statements = (Array.isArray(listed) ? listed : [listed]) as Statement[];
  const effects = new Set(statements.filter((one) => applies(one, routeArn)).map((one) => one.Effect));
  return effects.has("Allow") && !effects.has("Deny");
}

function applies(statement: Statement, routeArn: string): boolean {
  return (
    listOf(statement.Action).some((action) => matchesWildcard(action.toLowerCase(), "execute-api:invoke")) &&
    listOf(statement.Resource).some((resource) => resource === "*" || matchesArn(resource, routeArn))
  );
}

function listOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === "string");
}
