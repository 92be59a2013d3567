import type { Checked } from "../../../kit/checked.ts";
import type { Dimension } from "@aws-sdk/client-cloudwatch";
import type { MetricId } from "./metric-store.ts";
import { invalidValue, missingParameter } from "../errors.ts";

const MAX_DIMENSIONS = 30;

/** A metric's identity from AWS's inputs; dimensions are sorted, as their order does not matter. */
export function metricId(
  region: string,
  namespace: string | undefined,
  name: string | undefined,
  dimensions: readonly Checked<Dimension>[] | undefined,
  member = "Dimensions",
): MetricId {
  if ((dimensions?.length ?? 0) > MAX_DIMENSIONS)
    throw invalidValue(`The collection ${member} must not have a size greater than ${MAX_DIMENSIONS}.`);
  const pairs = (dimensions ?? []).map((dimension, at) => checkedDimension(dimension, `${member}.member.${at + 1}`));
  pairs.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return { region, namespace: namespace ?? "", name: name ?? "", dimensions: pairs };
}

/** A metric's dimensions as the API has them. */
export function dimensionsOf(metric: MetricId): { Name: string; Value: string }[] {
  return metric.dimensions.map(([Name, Value]) => ({ Name, Value }));
}

function checkedDimension({ Name, Value }: Checked<Dimension>, member: string): [string, string] {
  if (!Name) throw missingParameter(`${member}.Name`);
  if (!Value) throw missingParameter(`${member}.Value`);
  if (Name.length > 255 || Name.startsWith(":"))
    throw invalidValue(`The value ${Name} for parameter ${member}.Name is invalid.`);
  if (Value.length > 1024) throw invalidValue(`The value ${Value} for parameter ${member}.Value is invalid.`);
  return [Name, Value];
}
