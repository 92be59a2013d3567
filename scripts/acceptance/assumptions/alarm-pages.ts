import { DeleteAlarmsCommand, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import { PREFIX } from "../account.ts";
import type { Assumption } from "../assumption.ts";

const ALARMS = 60;
const BY_DEFAULT = 50;

export const alarmPages: Assumption = {
  id: "alarm-pages",
  assumption: `DescribeAlarms answers ${BY_DEFAULT} alarms a page, and the rest by NextToken.`,
  matters: "An alarm on the second page would count as missing.",
  async ask({ account: { cloudwatch } }) {
    const names = Array.from({ length: ALARMS }, (_, index) => `${PREFIX}-page-${String(index).padStart(2, "0")}`);
    try {
      for (const AlarmName of names) await cloudwatch.send(new PutMetricAlarmCommand({ AlarmName, ...QUIET }));
      const first = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNamePrefix: `${PREFIX}-page-` }));
      const named = await cloudwatch.send(new DescribeAlarmsCommand({ AlarmNames: names, MaxRecords: 100 }));
      const facts = {
        onFirstPage: first.MetricAlarms?.length,
        hasNextToken: first.NextToken !== undefined,
        byNameOfSixty: named.MetricAlarms?.length,
      };
      const holds = facts.onFirstPage === BY_DEFAULT && facts.hasNextToken;
      return { holds, answer: `${facts.onFirstPage} on the first page; by name ${facts.byNameOfSixty} of 60.`, facts };
    } finally {
      await cloudwatch.send(new DeleteAlarmsCommand({ AlarmNames: names }));
    }
  },
};

const QUIET = {
  Namespace: PREFIX,
  MetricName: "never",
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 1,
  Threshold: 1,
  ComparisonOperator: "GreaterThanThreshold",
} as const;
