import type { Exchange } from "./exchange.ts";
import { resolveExpression } from "./mapping-expression.ts";

/** The values of an authorizer's identity sources; undefined when one is missing or empty. */
export function identityValues(exchange: Exchange, sources: readonly string[]): string[] | undefined {
  const values: string[] = [];
  for (const source of sources) {
    const value = resolveExpression(source, { exchange });
    if (value === undefined || value === "") return undefined;
    values.push(value);
  }
  return values;
}
