import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** Batches need the permission of what they repeat. */
const ACTIONS: Readonly<Record<string, string>> = {
  ChangeMessageVisibilityBatch: "ChangeMessageVisibility",
  DeleteMessageBatch: "DeleteMessage",
  SendMessageBatch: "SendMessage",
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html */
export const findSqsPermissions: FindPermissions = (operation, input, place) => [
  { action: `sqs:${ACTIONS[operation] ?? operation}`, resource: queueArn(input, place), facts: tagFacts(input) },
];

/** A queue's URL ends in its account and name, on every host. */
function queueArn(input: RequestInput, { account, region }: Place): string {
  const url = textOf(input, "QueueUrl");
  const [owner, name] = url?.split("/").slice(-2) ?? [
    textOf(input, "QueueOwnerAWSAccountId"),
    textOf(input, "QueueName"),
  ];
  if (name !== undefined) return `arn:aws:sqs:${region}:${owner ?? account}:${name}`;
  return textOf(input, "SourceArn") ?? "*";
}
