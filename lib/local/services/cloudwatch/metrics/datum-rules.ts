import type { Checked } from "../../../kit/checked.ts";
import type { MetricDatum, StatisticSet } from "@aws-sdk/client-cloudwatch";
import type { RequestContext } from "../../../service.ts";
import { metricId } from "./metric-names.ts";
import { invalidCombination, invalidValue, missingParameter } from "../errors.ts";
import { checkUnit } from "./units.ts";

const TWO_WEEKS_MS = 14 * 86_400_000;
const TWO_HOURS_MS = 7_200_000;
const MAX_VALUES = 150;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html: -2^360 to 2^360 */
const LARGEST = 2 ** 360;

/** Namespaces that begin with `AWS/` are for AWS's own services, which call from inside the cloud. */
export function checkNamespace(namespace: string | undefined, context: RequestContext): void {
  if (!namespace) throw missingParameter("Namespace");
  const valid = namespace.length <= 255 && !namespace.startsWith(":") && /\S/.test(namespace);
  if (!valid || (namespace.startsWith("AWS/") && context.http !== undefined))
    throw invalidValue(`The value ${namespace} for parameter Namespace is invalid.`);
}

/** Refuses an invalid datum in AWS's words. `member` is its place in the input. */
export function checkDatum(datum: Checked<MetricDatum>, member: string, nowMs: number): void {
  if (!datum.MetricName) throw missingParameter(`${member}.MetricName`);
  if (datum.MetricName.length > 255)
    throw invalidValue(`The value ${datum.MetricName} for parameter ${member}.MetricName is invalid.`);
  metricId("", "", datum.MetricName, datum.Dimensions, `${member}.Dimensions`);
  checkUnit(datum.Unit, `${member}.Unit`);
  checkOneOf(datum, member);
  checkNumbers(datum, member);
  checkTime(datum.Timestamp, member, nowMs);
  if (datum.StorageResolution !== undefined && ![1, 60].includes(datum.StorageResolution))
    throw invalidValue(`The value ${datum.StorageResolution} for parameter ${member}.StorageResolution is invalid.`);
}

function checkOneOf(datum: Checked<MetricDatum>, member: string): void {
  const exclusive = (a: keyof Checked<MetricDatum>, b: keyof Checked<MetricDatum>) => {
    if (datum[a] !== undefined && datum[b] !== undefined)
      throw invalidCombination(
        `The parameters ${member}.${a} and ${member}.${b} are mutually exclusive and you have specified both.`,
      );
  };
  exclusive("Value", "Values");
  exclusive("Value", "StatisticValues");
  exclusive("Values", "StatisticValues");
  if (datum.Value === undefined && datum.Values === undefined && datum.StatisticValues === undefined)
    throw missingParameter(`${member}.Value`);
  if (datum.Counts !== undefined && datum.Counts.length !== datum.Values?.length)
    throw invalidValue(`The parameters ${member}.Values and ${member}.Counts must be of the same size.`);
  if ((datum.Values?.length ?? 0) > MAX_VALUES)
    throw invalidValue(`The collection ${member}.Values must not have a size greater than ${MAX_VALUES}.`);
}

function checkNumbers(datum: Checked<MetricDatum>, member: string): void {
  const check = (value: number | undefined, name: string, min = -LARGEST) => {
    if (value === undefined) return;
    if (!Number.isFinite(value) || value < min || value > LARGEST)
      throw invalidValue(`The value ${value} for parameter ${member}.${name} is invalid.`);
  };
  check(datum.Value, "Value");
  for (const [at, value] of (datum.Values ?? []).entries()) check(value, `Values.member.${at + 1}`);
  for (const [at, value] of (datum.Counts ?? []).entries()) check(value, `Counts.member.${at + 1}`, 0);
  if (datum.StatisticValues) checkSet(datum.StatisticValues, `${member}.StatisticValues`, check);
}

function checkSet(
  set: Checked<StatisticSet>,
  member: string,
  check: (value: number | undefined, name: string, min?: number) => void,
): void {
  for (const name of ["SampleCount", "Sum", "Minimum", "Maximum"] as const) {
    if (set[name] === undefined) throw missingParameter(`${member}.${name}`);
    check(set[name], `StatisticValues.${name}`, name === "SampleCount" ? 0 : undefined);
  }
  if (set.Maximum < set.Minimum)
    throw invalidCombination(`The parameter ${member}.Maximum must be greater than ${member}.Minimum.`);
}

function checkTime(timestamp: Date | undefined, member: string, nowMs: number): void {
  if (timestamp === undefined) return;
  const timeMs = timestamp.getTime();
  if (Number.isNaN(timeMs)) throw invalidValue(`The value for parameter ${member}.Timestamp is invalid.`);
  if (timeMs > nowMs + TWO_HOURS_MS)
    throw invalidValue(`The parameter ${member}.Timestamp must specify a time no more than two hours in the future.`);
  if (timeMs < nowMs - TWO_WEEKS_MS)
    throw invalidValue(`The parameter ${member}.Timestamp must specify a time within the past two weeks.`);
}
