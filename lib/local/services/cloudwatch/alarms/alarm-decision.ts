/** A period of an alarm's evaluation range; without a value the metric had no data in it. */
export interface EvaluatedPoint {
  readonly atMs: number;
  readonly value: number | undefined;
  readonly sampleCount: number | undefined;
}

/** How an alarm counts periods without data. */
export type MissingDataTreatment = "missing" | "ignore" | "breaching" | "notBreaching";

interface DecisionRule {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly treatMissingData: MissingDataTreatment;
  readonly breaches: (value: number) => boolean;
}

/** An alarm's new state, and the data points that decided it. */
export interface Decision {
  /** Undefined: the alarm keeps the state that it has. */
  readonly state: "OK" | "ALARM" | "INSUFFICIENT_DATA" | undefined;
  /** The newest data that the decision rests on, oldest first. */
  readonly points: readonly EvaluatedPoint[];
  /** How many missing periods were counted as breaching or as not breaching. */
  readonly filled: number;
}

/**
 * Decides as CloudWatch does, from the data of the evaluation range, which is longer than the evaluation periods: only
 * when it holds fewer data than those periods are missing ones filled in. The table of cases is AWS's:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function decideAlarm(range: readonly EvaluatedPoint[], rule: DecisionRule): Decision {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = rule;
  const points = range.filter((point) => point.value !== undefined).slice(-evaluationPeriods);
  const missing = evaluationPeriods - points.length;
  const breaching = points.filter((point) => rule.breaches(point.value!)).length;
  if (missing === 0) return { state: breaching >= datapointsToAlarm ? "ALARM" : "OK", points, filled: 0 };
  if (treatMissingData === "breaching" || treatMissingData === "notBreaching") {
    const counted = breaching + (treatMissingData === "breaching" ? missing : 0);
    return { state: counted >= datapointsToAlarm ? "ALARM" : "OK", points, filled: missing };
  }
  return { state: withoutFilling(points.length, breaching, rule), points, filled: 0 };
}

/** What is there decides: all of it breaching is an alarm, unless missing data are to be ignored. */
function withoutFilling(known: number, breaching: number, rule: DecisionRule): Decision["state"] {
  if (known === 0) return rule.treatMissingData === "ignore" ? undefined : "INSUFFICIENT_DATA";
  if (breaching >= rule.datapointsToAlarm) return "ALARM";
  if (breaching < known) return "OK";
  return rule.treatMissingData === "ignore" ? undefined : "ALARM";
}
