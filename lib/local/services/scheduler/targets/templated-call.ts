import type { Attempt, TargetCall } from "./target-call.ts";
import type { TargetKind } from "./target-kind.ts";

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-templated.html */
const TEMPLATES: { readonly [K in TargetKind]: (attempt: Attempt) => Omit<TargetCall, "arn" | "request"> } = {
  lambda: ({ target, input, notification }) => ({
    service: "lambda",
    operation: "Invoke",
    input: { FunctionName: target.Arn, InvocationType: "Event", Payload: Buffer.from(input ?? notification) },
    permission: { action: "lambda:InvokeFunction", resource: target.Arn! },
  }),
  sqs: ({ target, input, notification, account, endpoint }) => ({
    service: "sqs",
    operation: "SendMessage",
    input: {
      MessageBody: input ?? notification,
      QueueUrl: `${endpoint}/${account}/${target.Arn!.split(":").at(-1)}`,
      MessageGroupId: target.SqsParameters?.MessageGroupId,
    },
    permission: { action: "sqs:SendMessage", resource: target.Arn! },
  }),
  sns: ({ target, input, notification }) => ({
    service: "sns",
    operation: "Publish",
    input: { Message: input ?? notification, TopicArn: target.Arn },
    permission: { action: "sns:Publish", resource: target.Arn! },
  }),
  // Its name is the same for every attempt, so that a second one finds the first.
  states: ({ target, input, notification, id }) => ({
    service: "sfn",
    operation: "StartExecution",
    input: { input: input ?? notification, name: id, stateMachineArn: target.Arn },
    permission: { action: "states:StartExecution", resource: target.Arn! },
  }),
  events: ({ target, input, notification }) => ({
    service: "eventbridge",
    operation: "PutEvents",
    input: {
      Entries: [{ ...target.EventBridgeParameters, Detail: input ?? notification, EventBusName: target.Arn }],
    },
    permission: { action: "events:PutEvents", resource: target.Arn! },
  }),
  kinesis: ({ target, input, notification }) => ({
    service: "kinesis",
    operation: "PutRecord",
    input: {
      Data: Buffer.from(input ?? notification),
      PartitionKey: target.KinesisParameters?.PartitionKey,
      StreamName: target.Arn!.split("/").at(-1),
    },
    permission: { action: "kinesis:PutRecord", resource: target.Arn! },
  }),
};

/** The call that a templated target stands for. */
export function templatedCall(kind: TargetKind, attempt: Attempt): TargetCall {
  const call = TEMPLATES[kind](attempt);
  const api = `${call.operation[0]!.toLowerCase()}${call.operation.slice(1)}`;
  return {
    ...call,
    arn: `arn:aws:scheduler:::aws-sdk:${call.service}:${api}`,
    request: JSON.stringify(call.input, (name, value: unknown) => shown(name, value)),
  };
}

/** With a capital letter, and bytes as text. */
function shown(_name: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if ((value as { type?: unknown }).type === "Buffer")
    return Buffer.from((value as { data: number[] }).data).toString();
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key[0]!.toUpperCase() + key.slice(1), each]));
}
