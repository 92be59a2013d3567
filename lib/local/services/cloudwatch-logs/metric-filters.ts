import type { Input } from "../../kit/operation-types.ts";
import type { Checked } from "../../kit/checked.ts";
import type { MetricFilter, MetricTransformation } from "@aws-sdk/client-cloudwatch-logs";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { readFilterPattern } from "./filter-pattern/filter-pattern.ts";
import { checkLength, checkLimit } from "./input-rules.ts";
import { findGroup, type LogsState } from "./context.ts";
import { pageOf } from "./errors.ts";
import { constraint, invalidParameter } from "./errors.ts";

const MAX_FILTERS = 100;

/** Creates or replaces a metric filter of a group, which has at most 100. */
export function putMetricFilter(
  state: LogsState,
  input: Input<"cloudwatch-logs", "PutMetricFilter">,
  context: RequestContext,
): object {
  checkLength(input.filterName, "filterName", 1, 512);
  checkLength(input.filterPattern, "filterPattern", 0, 1024);
  const transformation = checkedTransformation(input.metricTransformations ?? []);
  readFilterPattern(input.filterPattern ?? "");
  const group = findGroup(state, input.logGroupName, context);
  const prefix = state.filters.prefix(group);
  const key = `${prefix}${input.filterName}`;
  if (!state.filters.metric.get(key) && state.filters.metric.list(prefix).length >= MAX_FILTERS)
    throw new AwsError("LimitExceededException", "Resource limit exceeded.");
  state.filters.metric.put(key, {
    filterName: input.filterName,
    filterPattern: input.filterPattern,
    metricTransformations: [transformation],
    creationTime: state.cloud.clock.now(),
    logGroupName: group.name,
    applyOnTransformedLogs: false,
  });
  return {};
}

/** Deletes a metric filter. `ResourceNotFoundException` where the group has none of this name. */
export function deleteMetricFilter(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DeleteMetricFilter">,
  context: RequestContext,
): object {
  const group = findGroup(state, input.logGroupName, context);
  if (!state.filters.metric.delete(`${state.filters.prefix(group)}${input.filterName}`))
    throw new AwsError("ResourceNotFoundException", "The specified metric filter does not exist.");
  return {};
}

/** Lists metric filters by group, name prefix or metric, a page at a time. */
export function describeMetricFilters(
  state: LogsState,
  input: Input<"cloudwatch-logs", "DescribeMetricFilters">,
  context: RequestContext,
) {
  checkLength(input.filterNamePrefix, "filterNamePrefix", 1, 512);
  checkLength(input.metricName, "metricName", 0, 255);
  if ((input.metricName === undefined) !== (input.metricNamespace === undefined))
    throw invalidParameter("MetricName and MetricNamespace must be specified together.");
  const limit = checkLimit(input.limit, 50);
  const prefix =
    input.logGroupName === undefined
      ? `${context.region}/`
      : state.filters.prefix(findGroup(state, input.logGroupName, context));
  const found = state.filters.metric
    .list(prefix)
    .map(([, filter]) => filter)
    .filter((filter) => filter.filterName?.startsWith(input.filterNamePrefix ?? ""))
    .filter((filter) => input.metricName === undefined || publishes(filter, input.metricName, input.metricNamespace));
  const { items, next } = pageOf(found, limit, input.nextToken);
  return { metricFilters: [...items], ...next };
}

/** Applies a filter pattern to up to 50 messages and returns those that match, with their values. */
export function testMetricFilter(
  _state: LogsState,
  input: Input<"cloudwatch-logs", "TestMetricFilter">,
  _context: RequestContext,
) {
  const pattern = readFilterPattern(input.filterPattern ?? "");
  const matches = (input.logEventMessages ?? []).flatMap((eventMessage, at) => {
    const match = pattern.match(eventMessage);
    return match ? [{ eventNumber: at + 1, eventMessage, extractedValues: match.extracted() }] : [];
  });
  return { matches };
}

function publishes(filter: Checked<MetricFilter>, name: string, namespace: string | undefined): boolean {
  return (filter.metricTransformations ?? []).some(
    (one) => one.metricName === name && one.metricNamespace === namespace,
  );
}

function checkedTransformation(given: readonly Checked<MetricTransformation>[]): Checked<MetricTransformation> {
  if (given.length !== 1)
    throw constraint(
      `[${given.map(shown).join(", ")}]`,
      "metricTransformations",
      `have length ${given.length > 1 ? "less" : "greater"} than or equal to 1`,
    );
  const [transformation] = given as [Checked<MetricTransformation>];
  checkLength(transformation.metricName, "metricTransformations.1.member.metricName", 0, 255);
  checkLength(transformation.metricValue, "metricTransformations.1.member.metricValue", 0, 100);
  if (transformation.defaultValue !== undefined && transformation.dimensions !== undefined)
    throw invalidParameter(
      "Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
    );
  return transformation;
}

/** How AWS's words show a structure. */
function shown(one: Checked<MetricTransformation>): string {
  const dimensions = one.dimensions
    ? `{${Object.entries(one.dimensions)
        .map(([name, value]) => `${name}=${value}`)
        .join(", ")}}`
    : "null";
  return `MetricTransformation(metricName=${one.metricName}, metricNamespace=${one.metricNamespace}, metricValue=${one.metricValue}, defaultValue=${one.defaultValue ?? "null"}, unit=${one.unit ?? "null"}, dimensions=${dimensions})`;
}
