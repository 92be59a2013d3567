import type { FindPermissions, Place, RequestInput } from "./permission.ts";
import { textOf } from "./read-input.ts";
import { tagFacts } from "./tag-facts.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonkinesis.html */
export const findKinesisPermissions: FindPermissions = (operation, input, place) => [
  { action: `kinesis:${operation}`, resource: streamArn(input, place), facts: tagFacts(input) },
];

function streamArn(input: RequestInput, place: Place): string {
  const consumer = textOf(input, "ConsumerARN", "StreamARN", "ResourceARN");
  if (consumer !== undefined) return consumer;
  const name = textOf(input, "StreamName");
  if (name !== undefined) return `arn:aws:kinesis:${place.region}:${place.account}:stream/${name}`;
  return place.findResource?.(input) ?? "*";
}
