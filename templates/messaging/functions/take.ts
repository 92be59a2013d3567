import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { resource } from "tidegate/runtime";

const sqs = new SQSClient({});

/** POST /orders: puts the order into the queue. 202 with its id, 400 without an item. */
export async function handler(event: { readonly body?: string }) {
  const item = readItem(event.body ?? "");
  if (item === undefined) return answer(400, { message: 'Expected a JSON object with a text "item".' });
  const sent = await sqs.send(
    new SendMessageCommand({ QueueUrl: resource.Queue.url, MessageBody: JSON.stringify({ item }) }),
  );
  return answer(202, { id: sent.MessageId });
}

function readItem(body: string): string | undefined {
  try {
    const { item } = JSON.parse(body) as { item?: unknown };
    return typeof item === "string" && item !== "" ? item : undefined;
  } catch {
    return undefined;
  }
}

function answer(statusCode: number, body: object) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
