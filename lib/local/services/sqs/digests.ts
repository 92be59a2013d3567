import type { Checked } from "../../kit/checked.ts";
import { createHash } from "node:crypto";
import type { MessageAttributeValue } from "@aws-sdk/client-sqs";

/** The MD5 of text in UTF-8, in hexadecimal, as SQS returns it. */
export function md5(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

/**
 * MD5 over attributes, as clients check it: sorted by name; name, type and value each with its length in front, the
 * value after a byte for its kind.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
 */
export function md5OfAttributes(
  attributes: Readonly<Record<string, Checked<MessageAttributeValue>>>,
): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash("md5");
  const withLength = (bytes: Uint8Array) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const { DataType, StringValue, BinaryValue } = attributes[name]!;
    withLength(Buffer.from(name));
    withLength(Buffer.from(DataType));
    const isBinary = DataType.startsWith("Binary");
    hash.update(Buffer.from([isBinary ? 2 : 1]));
    withLength(isBinary ? (BinaryValue ?? Buffer.alloc(0)) : Buffer.from(StringValue ?? ""));
  }
  return hash.digest("hex");
}

/** The deduplication id of a message where the queue takes it from its content. */
export function contentDigest(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
