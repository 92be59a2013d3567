import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { resource } from "tidegate/runtime";

const dynamodb = new DynamoDBClient({});

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Works on a batch of orders. Failed orders return to the queue; the others do not. */
export async function handler({ Records }: QueueEvent) {
  const done = await Promise.allSettled(Records.map(({ messageId, body }) => pack(messageId, body)));
  // A message that failed comes back; why it did is in the log alone.
  for (const each of done) if (each.status === "rejected") console.error(each.reason);
  const failed = Records.filter((_, index) => done[index]?.status === "rejected");
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** By the message's id: an order that is delivered twice is written once. */
async function pack(id: string, body: string): Promise<void> {
  const { item } = JSON.parse(body) as { item: string };
  if (item === "poison") throw new Error("Poison cannot be packed.");
  await dynamodb.send(
    new PutItemCommand({
      TableName: resource.Orders.name,
      Item: { id: { S: id }, item: { S: item }, packedBy: { S: "worker" } },
    }),
  );
}
