import type { ComparisonQuery, MetricComparison, ReleaseMember } from "../assembly/release-metadata.ts";
import type { StagedMember } from "../release/engine.ts";
import { fillPlaceholders, type Target } from "./target.ts";

/**
 * The metrics of a member that are compared, with physical names. One that refers to a resource which is not there yet is
 * left out: it is known after staging.
 */
export function memberComparisons(
  { comparisons }: ReleaseMember,
  physicalIds: ReadonlyMap<string, string>,
  target: Target,
): Pick<StagedMember, "comparisons"> {
  if (comparisons === undefined) return {};
  const fill = (text: string) => fillIds(fillPlaceholders(text, target), physicalIds);
  const filled = comparisons.map(({ queries: [first, ...others], ...comparison }): MetricComparison => {
    return { ...comparison, queries: [fillQuery(first, fill), ...others.map((one) => fillQuery(one, fill))] };
  });
  return { comparisons: filled.filter(isFilled) };
}

function fillQuery(query: ComparisonQuery, fill: (text: string) => string): ComparisonQuery {
  if ("expression" in query) return query;
  const { namespace, metric, dimensions } = query;
  const named = Object.entries(dimensions).map(([name, value]): [string, string] => [name, fill(value)]);
  return { ...query, namespace: fill(namespace), metric: fill(metric), dimensions: Object.fromEntries(named) };
}

const LOGICAL_ID = /\$\{([A-Za-z0-9]+)\}/g;

function fillIds(text: string, physicalIds: ReadonlyMap<string, string>): string {
  return text.replaceAll(LOGICAL_ID, (placeholder, id: string) => physicalIds.get(id) ?? placeholder);
}

function isFilled({ queries }: MetricComparison): boolean {
  return queries.every((query) => {
    if ("expression" in query) return true;
    const texts = [query.namespace, query.metric, ...Object.values(query.dimensions)];
    return texts.every((text) => text.search(LOGICAL_ID) === -1);
  });
}
