import type { Exchange } from "./exchange.ts";

/** `$context.authorizer.*` and `$context.identity.*`: what the authorizer said of the caller. */
export function accountAndCaller(exchange: Exchange, name: string): string | undefined {
  const { authorization } = exchange;
  if (name.startsWith("authorizer.claims."))
    return textOf(authorization?.claims, name.slice("authorizer.claims.".length));
  if (name.startsWith("authorizer.")) return textOf(authorization?.context, name.slice("authorizer.".length));
  if (name.startsWith("identity.")) return textOf(authorization?.identity, name.slice("identity.".length));
  return undefined;
}

function textOf(values: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  if (!values || !Object.hasOwn(values, name)) return undefined;
  const value = values[name];
  if (value === null || value === undefined) return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
