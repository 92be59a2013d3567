import { Duration } from "aws-cdk-lib";
import { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";
import { dataRemovalPolicy } from "./stage-settings.ts";

/** Adds a queue that keeps what could not be delivered as long as SQS can: 14 days. Over TLS only. */
export function addDeadLetterQueue(scope: Construct, id: string, fifo = false): Queue {
  return new Queue(scope, id, {
    retentionPeriod: Duration.days(14),
    enforceSSL: true,
    removalPolicy: dataRemovalPolicy(scope),
    ...(fifo && { fifo }),
  });
}
