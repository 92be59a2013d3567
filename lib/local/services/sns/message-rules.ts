import type { MessageAttribute } from "./records.ts";
import { invalidParameter } from "./errors.ts";

/** What Publish and an entry of PublishBatch have in common. */
export interface MessageInput {
  readonly Message?: string | undefined;
  readonly Subject?: string | undefined;
  readonly MessageStructure?: string | undefined;
  readonly MessageAttributes?: Readonly<Record<string, MessageAttribute>> | undefined;
  readonly MessageDeduplicationId?: string | undefined;
  readonly MessageGroupId?: string | undefined;
}

/** Refuses a message that SNS does not take. */
export function validateMessage(input: MessageInput, isFifo: boolean, deduplicatesByContent = false): void {
  if (!input.Message) throw invalidParameter("Empty message");
  validateSubject(input.Subject);
  if (input.MessageStructure === "json") validateStructure(input.Message);
  else if (input.MessageStructure) throw invalidParameter("MessageStructure");
  if (isFifo) validateOrder(input, deduplicatesByContent);
  else if (input.MessageDeduplicationId !== undefined) {
    throw invalidParameter(
      "MessageDeduplicationId Reason: The request includes MessageDeduplicationId parameter that is not valid for this topic type",
    );
  }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
function validateSubject(subject: string | undefined): void {
  if (subject === undefined) return;
  // eslint-disable-next-line no-control-regex
  if (subject === "" || subject.length > 100 || /[\u0000-\u001f\u007f]/.test(subject))
    throw invalidParameter("Subject");
}

function validateStructure(text: string): void {
  const texts = tryParse(text);
  if (typeof texts !== "object" || texts === null || Array.isArray(texts)) {
    throw invalidParameter("Message Structure - JSON message body failed to parse");
  }
  if (typeof (texts as { default?: unknown }).default !== "string") {
    throw invalidParameter("Message Structure - No default entry in JSON message body");
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function validateOrder(input: MessageInput, deduplicatesByContent: boolean): void {
  if (!input.MessageGroupId) throw invalidParameter("The MessageGroupId parameter is required for FIFO topics");
  if (!input.MessageDeduplicationId && !deduplicatesByContent) {
    throw invalidParameter(
      "The topic should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly",
    );
  }
  for (const name of ["MessageGroupId", "MessageDeduplicationId"] as const) {
    const id = input[name];
    if (id !== undefined && !/^[\x21-\x7e]{1,128}$/.test(id)) throw invalidParameter(name);
  }
}
