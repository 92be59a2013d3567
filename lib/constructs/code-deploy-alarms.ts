import { Stack } from "aws-cdk-lib";
import { CfnAlarm, CfnCompositeAlarm, type IAlarm } from "aws-cdk-lib/aws-cloudwatch";

/** An alarm's name has 255 characters at most. */
const LONGEST_NAME = 255;

/**
 * The name of an alarm, written out: one that CloudFormation generates is known only by a reference to the alarm, and
 * so to the functions that it watches, whose aliases wait for the group that the alarm guards. That would be a circle.
 */
export function nameAlarm(alarm: IAlarm): string {
  const resource = alarm.node.defaultChild;
  if (!(resource instanceof CfnAlarm || resource instanceof CfnCompositeAlarm)) return alarm.alarmName;
  const stack = Stack.of(alarm);
  const given = stack.resolve(resource.alarmName) as unknown;
  if (typeof given === "string") return given;
  if (given !== undefined) return alarm.alarmName;
  const path = alarm.node.path.replaceAll(/[^A-Za-z0-9]+/g, "-");
  resource.alarmName = `${stack.stackName}-${path}`.slice(0, LONGEST_NAME);
  return resource.alarmName;
}
