/** The templated targets that are carried, by the service in their ARN. */
export type TargetKind = "lambda" | "sqs" | "sns" | "states" | "events" | "kinesis";

const ARNS: { readonly [K in TargetKind]: RegExp } = {
  lambda: /^arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?$/,
  sqs: /^arn:[\w-]+:sqs:[\w-]+:\d{12}:[\w.-]+$/,
  sns: /^arn:[\w-]+:sns:[\w-]+:\d{12}:[\w.-]+$/,
  states: /^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[^:]+(:[^:]+)?$/,
  events: /^arn:[\w-]+:events:[\w-]+:\d{12}:event-bus\/[\w./-]+$/,
  kinesis: /^arn:[\w-]+:kinesis:[\w-]+:\d{12}:stream\/[\w.-]+$/,
};

/** Whether targets of a service, as ARNs name it, are carried. */
export function isTargetService(service: string): service is TargetKind {
  return Object.hasOwn(ARNS, service);
}

/** What an ARN names as a target; undefined where it is nothing that is carried. */
export function targetKind(arn: string): TargetKind | undefined {
  const [, , service = ""] = arn.split(":");
  return isTargetService(service) && ARNS[service].test(arn) ? service : undefined;
}
