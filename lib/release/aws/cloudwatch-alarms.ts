import { type CompositeAlarm, DescribeAlarmsCommand, type MetricAlarm } from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../../aws/aws.ts";
import type { AlarmGuard } from "../model.ts";
import type { AlarmPort, AlarmReading } from "../ports/ports.ts";

/** At most as many names as one call takes. */
const NAMES_PER_CALL = 100;

/** CloudWatch alarms, plain and composite. */
export class CloudWatchAlarms implements AlarmPort {
  readonly #aws: Aws;

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  async read(alarms: readonly AlarmGuard[]): Promise<ReadonlyMap<string, AlarmReading>> {
    const readings = new Map<string, AlarmReading>();
    const byRegion = Map.groupBy(alarms, (guard) => guard.region ?? this.#aws.options.region);
    for (const [region, guards] of byRegion) {
      const found = await this.#describe(
        region,
        guards.flatMap(({ name }) => (name === undefined ? [] : [name])),
      );
      for (const { path, name } of guards) {
        const alarm = name === undefined ? undefined : found.get(name);
        readings.set(path, alarm === undefined ? { state: "MISSING" } : toReading(alarm));
      }
    }
    return readings;
  }

  async #describe(
    region: string,
    names: readonly string[],
  ): Promise<ReadonlyMap<string, MetricAlarm | CompositeAlarm>> {
    const client = await this.#aws.inRegion(region).client("cloudwatch");
    const found = new Map<string, MetricAlarm | CompositeAlarm>();
    for (let start = 0; start < names.length; start += NAMES_PER_CALL) {
      const AlarmNames = names.slice(start, start + NAMES_PER_CALL);
      const page = await client.send(
        new DescribeAlarmsCommand({ AlarmNames, AlarmTypes: ["MetricAlarm", "CompositeAlarm"] }),
      );
      for (const alarm of [...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? [])]) {
        found.set(alarm.AlarmName!, alarm);
      }
    }
    return found;
  }
}

function toReading(alarm: MetricAlarm | CompositeAlarm): AlarmReading {
  const dimensions = "Dimensions" in alarm ? (alarm.Dimensions ?? []) : [];
  const dimension = (name: string) => dimensions.find(({ Name }) => Name === name)?.Value;
  const aboutVersion = dimension("ExecutedVersion");
  const aboutFunction = dimension("FunctionName");
  const reason = alarm.StateReason;
  return {
    state: alarm.StateValue ?? "INSUFFICIENT_DATA",
    ...(aboutVersion === undefined ? {} : { aboutVersion }),
    ...(aboutFunction === undefined ? {} : { aboutFunction }),
    ...(reason === undefined ? {} : { reason }),
  };
}
