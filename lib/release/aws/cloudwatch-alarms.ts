import {
  type CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from "@aws-sdk/client-cloudwatch";
import type { Aws } from "../../aws/aws.ts";
import type { AlarmGuard } from "../model.ts";
import type { AlarmPort, AlarmReading } from "../ports/ports.ts";

/** The most names that one call takes, and the most alarms that one page holds; a page has 50 unless more are requested. */
const MAX_RECORDS = 100;

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
    const distinct = [...new Set(names)];
    for (let start = 0; start < distinct.length; start += MAX_RECORDS) {
      const AlarmNames = distinct.slice(start, start + MAX_RECORDS);
      for (const alarm of await readPages(client, AlarmNames)) found.set(alarm.AlarmName ?? "", alarm);
    }
    return found;
  }
}

async function readPages(client: CloudWatchClient, AlarmNames: string[]): Promise<(MetricAlarm | CompositeAlarm)[]> {
  const found: (MetricAlarm | CompositeAlarm)[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeAlarmsCommand({
        AlarmNames,
        AlarmTypes: ["MetricAlarm", "CompositeAlarm"],
        MaxRecords: MAX_RECORDS,
        NextToken,
      }),
    );
    found.push(...(page.MetricAlarms ?? []), ...(page.CompositeAlarms ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined && NextToken !== "");
  return found;
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
