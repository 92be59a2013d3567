/** The kinds of targets that are carried. */
export type TargetKind = "lambda" | "sqs" | "sns" | "states" | "kinesis" | "logs" | "event-bus" | "api-destination";

const KINDS: readonly [TargetKind, RegExp][] = [
  ["lambda", /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/],
  ["sqs", /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/],
  ["sns", /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/],
  ["states", /^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+(:[^:]+)?$/],
  ["kinesis", /^arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream\/[\w.-]+$/],
  ["logs", /^arn:[\w-]+:logs:[\w-]+:\d{12}:log-group:[^:]+(:\*)?$/],
  ["event-bus", /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/],
  ["api-destination", /^arn:[\w-]+:events:[\w-]+:\d{12}:api-destination\/[\w.-]+(\/[\w-]+)?$/],
];

/** What an ARN names as a target; undefined where it is nothing that is carried. */
export function targetKind(arn: string): TargetKind | undefined {
  return KINDS.find(([, pattern]) => pattern.test(arn))?.[0];
}

/** The parts of a target's ARN. */
export function readTargetArn(arn: string): {
  readonly region: string;
  readonly account: string;
  readonly name: string;
} {
  const [, , , region = "", account = "", ...resource] = arn.split(":");
  const name = resource.join(":");
  return { region, account, name };
}
