/** The kinds of targets that services deliver to. */
export type TargetKind = "function" | "queue" | "topic" | "bus" | "bucket" | "stream" | "logs" | "workflow";

const ARNS: readonly (readonly [TargetKind, RegExp])[] = [
  ["function", /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/],
  ["queue", /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/],
  ["topic", /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/],
  ["workflow", /^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+(:[^:]+)?$/],
  ["stream", /^arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream\/[\w.-]+$/],
  ["logs", /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[^:]+(:\*)?$/],
  ["bus", /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/],
  ["bucket", /^arn:[\w-]+:s3:::[\w.-]+$/],
];

/** The kind of target that an ARN names; undefined where deliveries do not reach it. */
export function targetKind(arn: string): TargetKind | undefined {
  return ARNS.find(([, pattern]) => pattern.test(arn))?.[0];
}
