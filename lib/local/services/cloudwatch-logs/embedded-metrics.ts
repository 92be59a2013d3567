import type { Checked } from "../../kit/checked.ts";
import type { Dimension, MetricDatum, StandardUnit } from "@aws-sdk/client-cloudwatch";
import type { Cloud } from "../../service.ts";
import { createDataPublisher } from "./data-publisher.ts";
import type { IngestedBatch } from "./ingestion.ts";

/** Limits of the specification, by what they limit. */
const MAX_DIMENSIONS = 30;
const MAX_DIMENSION_LENGTH = 1024;
const MAX_METRICS = 100;
const MAX_VALUES = 100;

/** The data of one namespace. */
export interface EmbeddedData {
  readonly namespace: string;
  readonly data: readonly Checked<MetricDatum>[];
}

/** Publishes the metrics that log events carry in CloudWatch's embedded metric format. */
export function createEmbeddedMetrics(cloud: Cloud): (batch: IngestedBatch) => void {
  const publish = createDataPublisher(cloud, "embedded metrics");
  return ({ events, group }) => {
    // Functions see the machine's clock, and the cloud's may be ahead of it: what is stamped by one moves to the other.
    const aheadMs = cloud.clock.now() - Date.now();
    for (const { message } of events)
      for (const { namespace, data } of readEmbeddedMetrics(message, aheadMs)) publish(group.region, namespace, data);
  };
}

/**
 * The metrics of one log event: none where it is not a valid document, as CloudWatch takes all of an event or nothing.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function readEmbeddedMetrics(message: string, aheadMs = 0): readonly EmbeddedData[] {
  if (!message.includes('"_aws"')) return [];
  const root = tryParse(message);
  const metadata = root?.["_aws"];
  if (root === undefined || !isRecord(metadata)) return [];
  const { Timestamp: at, CloudWatchMetrics: directives } = metadata;
  if (typeof at !== "number" || !Array.isArray(directives)) return [];
  return complete(directives.map((directive) => readDirective(root, directive, new Date(at + aheadMs)))) ?? [];
}

type Root = Readonly<Record<string, unknown>>;

function readDirective(root: Root, directive: unknown, timestamp: Date): EmbeddedData | undefined {
  if (!isRecord(directive)) return undefined;
  const { Namespace: namespace, Dimensions: sets, Metrics: metrics } = directive;
  if (typeof namespace !== "string" || namespace === "" || !Array.isArray(sets) || !Array.isArray(metrics))
    return undefined;
  if (metrics.length > MAX_METRICS) return undefined;
  const dimensions = complete(sets.map((set) => readDimensions(root, set)));
  const values = complete(metrics.map((metric) => readMetric(root, metric, timestamp)));
  if (dimensions === undefined || values === undefined) return undefined;
  const data = dimensions.flatMap((Dimensions) => values.map((value) => ({ ...value, Dimensions })));
  return { namespace, data };
}

function complete<T>(found: readonly (T | undefined)[]): T[] | undefined {
  const there = found.filter((one) => one !== undefined);
  return there.length === found.length ? there : undefined;
}

function readDimensions(root: Root, set: unknown): Checked<Dimension>[] | undefined {
  if (!Array.isArray(set) || set.length > MAX_DIMENSIONS) return undefined;
  const found = set.map((Name: unknown) => ({ Name, Value: typeof Name === "string" ? root[Name] : undefined }));
  return found.every(isDimension) ? found : undefined;
}

function isDimension(one: { readonly Name: unknown; readonly Value: unknown }): one is { Name: string; Value: string } {
  return typeof one.Name === "string" && typeof one.Value === "string" && one.Value.length <= MAX_DIMENSION_LENGTH;
}

/** A number, or up to a hundred of them. */
function readMetric(root: Root, metric: unknown, Timestamp: Date): Checked<MetricDatum> | undefined {
  if (!isRecord(metric) || typeof metric["Name"] !== "string") return undefined;
  const { Name: MetricName, Unit = "None", StorageResolution = 60 } = metric;
  const values = [root[MetricName]].flat();
  if (values.length > MAX_VALUES || !values.every((value) => typeof value === "number")) return undefined;
  if (StorageResolution !== 1 && StorageResolution !== 60) return undefined;
  return { MetricName, Timestamp, Values: values, Unit: Unit as StandardUnit, StorageResolution };
}

function tryParse(message: string): Root | undefined {
  try {
    const parsed: unknown = JSON.parse(message);
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
