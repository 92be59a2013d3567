import type { Checked } from "./checked.ts";
import { errorText } from "./error-text.ts";
import type { MetricDatum, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { Cancel } from "../state/clock.ts";
import type { Cloud } from "../service.ts";

/** What a service measures. */
export interface ServiceMetric {
  readonly region: string;
  readonly name: string;
  readonly unit: StandardUnit;
  /** Names and values. */
  readonly dimensions: readonly (readonly [name: string, value: string])[];
}

const FLUSH_AFTER_MS = 1000;
const MINUTE_MS = 60_000;
const MOST_DATA_PER_CALL = 1000;
const MOST_VALUES_PER_DATUM = 150;

interface Series {
  readonly region: string;
  readonly datum: Checked<MetricDatum>;
  /** Values and how often each came. */
  readonly counts: Map<number, number>;
}

/** Counts what a service does, minute by minute, and sends the counts to CloudWatch once a second. */
export class ServiceMetrics {
  readonly #cloud: Cloud;
  readonly #namespace: string;
  readonly #waiting = new Map<string, Series>();
  #cancel: Cancel | undefined;
  #isClosed = false;

  /** `namespace` is AWS's, for example `AWS/SNS`. */
  constructor(cloud: Cloud, namespace: string) {
    this.#cloud = cloud;
    this.#namespace = namespace;
  }

  /** Counts a value at a moment of the cloud's time, in epoch milliseconds. */
  add(metric: ServiceMetric, value = 1, atMs = this.#cloud.clock.now()): void {
    if (this.#isClosed) return;
    const minuteMs = atMs - (atMs % MINUTE_MS);
    const key = JSON.stringify([metric.region, metric.name, metric.dimensions, minuteMs]);
    const series = this.#waiting.get(key) ?? newSeries(metric, minuteMs);
    this.#waiting.set(key, series);
    series.counts.set(value, (series.counts.get(value) ?? 0) + 1);
    this.#cancel ??= this.#soon();
  }

  /** Sends what there is, and takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    const byRegion = Map.groupBy(this.#waiting.values(), ({ region }) => region);
    this.#waiting.clear();
    for (const [region, series] of byRegion) {
      const data = series.flatMap(toData);
      for (let start = 0; start < data.length; start += MOST_DATA_PER_CALL) {
        const input = { Namespace: this.#namespace, MetricData: data.slice(start, start + MOST_DATA_PER_CALL) };
        await this.#cloud.call("cloudwatch", "PutMetricData", input, { region }).catch((error: unknown) => {
          this.#cloud.log(`${this.#namespace}: metrics could not be written: ${errorText(error)}`);
        });
      }
    }
  }

  /** No later than the cloud's minute ends: who moves the clock and looks at an alarm finds what came before. */
  #soon(): Cancel {
    const { clock } = this.#cloud;
    const fire = () => void this.#flush();
    const timer = setTimeout(fire, FLUSH_AFTER_MS).unref();
    const cancel = clock.at(clock.now() - (clock.now() % MINUTE_MS) + MINUTE_MS, fire);
    return () => {
      clearTimeout(timer);
      cancel();
    };
  }
}

function newSeries({ region, name, unit, dimensions }: ServiceMetric, minuteMs: number): Series {
  const datum = {
    MetricName: name,
    Unit: unit,
    Timestamp: new Date(minuteMs),
    Dimensions: dimensions.map(([Name, Value]) => ({ Name, Value })),
  };
  return { region, datum, counts: new Map() };
}

function toData({ datum, counts }: Series): Checked<MetricDatum>[] {
  const all = [...counts];
  const data: Checked<MetricDatum>[] = [];
  for (let start = 0; start < all.length; start += MOST_VALUES_PER_DATUM) {
    const part = all.slice(start, start + MOST_VALUES_PER_DATUM);
    data.push({ ...datum, Values: part.map(([value]) => value), Counts: part.map(([, count]) => count) });
  }
  return data;
}
