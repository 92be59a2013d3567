import type { ILogGroup, ILogGroupRef } from "aws-cdk-lib/aws-logs";

/** The ARN of a log group with all of its streams (`…:*`). That of an L2 has them, that of a reference does not. */
export function logStreamsArn(logGroup: ILogGroupRef): string {
  return isLogGroup(logGroup) ? logGroup.logGroupArn : `${logGroup.logGroupRef.logGroupArn}:*`;
}

function isLogGroup(logGroup: ILogGroupRef): logGroup is ILogGroup {
  return "logGroupArn" in logGroup;
}
