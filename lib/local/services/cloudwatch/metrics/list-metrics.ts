import type { Input } from "../../../kit/operation-types.ts";
import type { RequestContext } from "../../../service.ts";
import type { CloudwatchState } from "../context.ts";
import { dimensionsOf } from "./metric-names.ts";
import { pageOf } from "../errors.ts";
import { constraint } from "../errors.ts";

const PAGE = 500;
const TWO_WEEKS_MS = 14 * 86_400_000;
const THREE_HOURS_MS = 3 * 3_600_000;

/** ListMetrics: those with data in the last two weeks, or three hours where only recent ones are asked for. */
export function listMetrics(
  state: CloudwatchState,
  input: Input<"cloudwatch", "ListMetrics">,
  context: RequestContext,
) {
  if (input.RecentlyActive !== undefined && input.RecentlyActive !== "PT3H")
    throw constraint(input.RecentlyActive, "recentlyActive", "satisfy enum value set: [PT3H]");
  const sinceMs = state.cloud.clock.now() - (input.RecentlyActive ? THREE_HOURS_MS : TWO_WEEKS_MS);
  const found = state.metrics
    .list(context.region, sinceMs, input.Namespace, input.MetricName)
    .filter(({ dimensions }) =>
      (input.Dimensions ?? []).every((wanted) =>
        dimensions.some(
          ([name, value]) => name === wanted.Name && (wanted.Value === undefined || value === wanted.Value),
        ),
      ),
    );
  const { items, next } = pageOf(found, PAGE, input.NextToken);
  const Metrics = items.map((metric) => ({
    Namespace: metric.namespace,
    MetricName: metric.name,
    Dimensions: dimensionsOf(metric),
  }));
  return { Metrics, ...next };
}
