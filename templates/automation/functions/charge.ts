import { DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Charges one payment. A payment that cannot be charged fails the call, and comes back. */
export async function handler({ Records }: QueueEvent) {
  for (const { messageId, body } of Records) {
    const { amount } = JSON.parse(body) as { amount: number };
    if (!(amount > 0)) throw new Error(`The bank does not take ${amount}.`);
    await dynamodb.send(
      // By the message's id: a payment that is delivered twice is written once.
      new PutItemCommand({
        TableName: TABLE_NAME,
        Item: { id: { S: messageId }, amount: { N: String(amount) }, bank: { S: "first" } },
      }),
    );
  }
}
