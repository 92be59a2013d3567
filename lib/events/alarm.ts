import { SAMPLE, sampleArn, sampleTime } from "./sample.ts";

/** A change of an alarm's state. */
export interface AlarmEventInput {
  /** @default "errors" */
  readonly alarmName?: string;
  /** @default "ALARM" */
  readonly state?: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  /** @default "OK" */
  readonly previousState?: "OK" | "ALARM" | "INSUFFICIENT_DATA";
  readonly reason?: string;
}

/**
 * The event of a CloudWatch alarm whose action is a function.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions-Lambda.html
 */
export function alarmEvent(input: AlarmEventInput = {}) {
  const { alarmName = "errors", state = "ALARM", previousState = "OK" } = input;
  const { reason = "Threshold Crossed: 1 datapoint [3.0] was greater than the threshold (1.0)." } = input;
  const time = sampleTime().replace("Z", "+0000");
  return {
    source: "aws.cloudwatch",
    alarmArn: sampleArn("cloudwatch", `alarm:${alarmName}`),
    accountId: SAMPLE.account,
    time,
    region: SAMPLE.region,
    alarmData: {
      alarmName,
      state: { value: state, reason, timestamp: time },
      previousState: { value: previousState, reason: "No datapoint was greater than the threshold.", timestamp: time },
      configuration: {
        description: "Errors of the function",
        metrics: [
          {
            id: "m1",
            metricStat: {
              metric: { namespace: "AWS/Lambda", name: "Errors", dimensions: { FunctionName: "create" } },
              period: 60,
              stat: "Sum",
            },
            returnData: true,
          },
        ],
      },
    },
  };
}
