import type { InvokeTarget } from "../records.ts";
import { errorText } from "../../../kit/error-text.ts";
import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import type { Checked } from "../../../kit/checked.ts";
import type { InvocationResult } from "../../../runtime/function-spec.ts";
import type { Cloud } from "../../../service.ts";

const FLUSH_MS = 1000;
const MOST_DATA_PER_CALL = 1000;
const MOST_VALUES_PER_DATUM = 150;
const NAMESPACE = "AWS/Lambda";

interface Series {
  readonly region: string;
  readonly name: string;
  readonly unit: "Count" | "Milliseconds";
  readonly dimensions: readonly { readonly Name: string; readonly Value: string }[];
  readonly minuteMs: number;
  /** Values and how often each came. */
  readonly values: Map<number, number>;
}

/** Counts invocations as CloudWatch shows them, and sends the sums once a second. */
export class MetricsWriter {
  readonly #cloud: Cloud;
  #series = new Map<string, Series>();
  #timer: NodeJS.Timeout | undefined;
  #complained = false;
  #closed = false;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  /** Counts one event that ran, at the minute in which it started. */
  ran(target: InvokeTarget, startedMs: number, result: InvocationResult, concurrent: number): void {
    const failed = result.errorType === undefined ? 0 : 1;
    this.#add(target, startedMs, "Invocations", "Count", 1);
    this.#add(target, startedMs, "Errors", "Count", failed);
    this.#add(target, startedMs, "Duration", "Milliseconds", Math.round(result.durationMs * 100) / 100);
    this.#add(target, startedMs, "ConcurrentExecutions", "Count", concurrent);
    // AWS writes a zero beside every invocation, so that a chart of throttles has no holes.
    this.#add(target, startedMs, "Throttles", "Count", 0);
  }

  /** Counts a throttle when `enter` refuses. */
  throttledIfRefused<T>(target: InvokeTarget, enter: () => T): T {
    try {
      return enter();
    } catch (error) {
      this.#add(target, this.#cloud.clock.now(), "Throttles", "Count", 1);
      throw error;
    }
  }

  /** Notes how old the last record of a stream's batch was when the function got it. */
  read(target: InvokeTarget, ageMs: number): void {
    this.#add(target, this.#cloud.clock.now(), "IteratorAge", "Milliseconds", Math.max(0, ageMs));
  }

  /** Sends what there is, and takes nothing more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.flush();
  }

  /** Sends what there is. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const byRegion = Map.groupBy(this.#series.values(), ({ region }) => region);
    this.#series = new Map();
    for (const [region, series] of byRegion) {
      const data = series.flatMap(toData);
      for (let start = 0; start < data.length; start += MOST_DATA_PER_CALL) {
        const MetricData = data.slice(start, start + MOST_DATA_PER_CALL);
        await this.#cloud
          .call("cloudwatch", "PutMetricData", { Namespace: NAMESPACE, MetricData }, { region })
          .catch((error: unknown) => this.#complain(error));
      }
    }
  }

  #add(target: InvokeTarget, epochMs: number, name: string, unit: Series["unit"], value: number): void {
    if (this.#closed) return;
    const { region } = target.ref;
    const minuteMs = Math.floor(epochMs / 60_000) * 60_000;
    for (const dimensions of dimensionSets(target)) {
      const key = `${region} ${name} ${minuteMs} ${dimensions.map(({ Value }) => Value).join(" ")}`;
      let series = this.#series.get(key);
      if (series === undefined) {
        series = { region, name, unit, dimensions, minuteMs, values: new Map() };
        this.#series.set(key, series);
      }
      series.values.set(value, (series.values.get(value) ?? 0) + 1);
    }
    this.#timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  #complain(error: unknown): void {
    if (this.#complained) return;
    this.#complained = true;
    this.#cloud.log(`lambda: metrics could not be kept: ${errorText(error)}`);
  }
}

/**
 * The sets of dimensions under which AWS keeps each metric: the account, the function, the function with what was
 * called, and behind an alias the version that ran.
 */
function dimensionSets({ ref, version }: InvokeTarget): Series["dimensions"][] {
  const functionName = { Name: "FunctionName", Value: ref.name };
  const sets: Series["dimensions"][] = [[], [functionName]];
  const resource = { Name: "Resource", Value: ref.qualifier === undefined ? ref.name : `${ref.name}:${ref.qualifier}` };
  sets.push([functionName, resource]);
  const isAlias = ref.qualifier !== undefined && ref.qualifier !== version.version;
  if (isAlias) sets.push([functionName, resource, { Name: "ExecutedVersion", Value: version.version }]);
  return sets;
}

function toData(series: Series): Checked<MetricDatum>[] {
  const common = {
    MetricName: series.name,
    Dimensions: series.dimensions.map((dimension) => ({ ...dimension })),
    Timestamp: new Date(series.minuteMs),
    Unit: series.unit,
  };
  const all = [...series.values];
  if (all.length === 1 && all[0]![1] === 1) return [{ ...common, Value: all[0]![0] }];
  const data: Checked<MetricDatum>[] = [];
  for (let start = 0; start < all.length; start += MOST_VALUES_PER_DATUM) {
    const part = all.slice(start, start + MOST_VALUES_PER_DATUM);
    data.push({ ...common, Values: part.map(([value]) => value), Counts: part.map(([, count]) => count) });
  }
  return data;
}
