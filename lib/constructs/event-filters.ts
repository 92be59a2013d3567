import { tryFindPatternProblem } from "../util/event-pattern/event-pattern.ts";

/** An event pattern, or what `FilterCriteria.filter` of aws-cdk-lib makes of one: `{ pattern: "{…}" }`. */
export type EventFilter = Readonly<Record<string, unknown>>;

/** The filters as an event source of aws-cdk-lib takes them. */
export function toEventSourceFilters(filters: readonly EventFilter[] = []): { filters?: { pattern: string }[] } {
  return filters.length === 0 ? {} : { filters: filters.map((filter) => ({ pattern: patternOf(filter) })) };
}

/** What is wrong with the filters of an event source, each with its place in the list. */
export function eventFilterProblems(filters: readonly EventFilter[] = []): string[] {
  return filters.flatMap((filter, index) => {
    const problem = tryFindPatternProblem(JSON.parse(patternOf(filter)));
    return problem === undefined ? [] : [`filters[${index}]: ${problem}`];
  });
}

/** A pattern's values are lists and objects: a text under `pattern` is a whole pattern that was already written. */
function patternOf(filter: EventFilter): string {
  const { pattern } = filter;
  return typeof pattern === "string" ? pattern : JSON.stringify(filter);
}
