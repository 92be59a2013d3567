import { setTimeout as sleep } from "node:timers/promises";
import { ConditionalCheckFailedException, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";

const dynamodb = new DynamoDBClient({});
const { TABLE_NAME } = process.env;
/** A placeholder for the time that a job takes. */
const WORK_MS = 200;

interface Job {
  readonly id: string;
  readonly job: string;
  readonly priority: string;
}

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Works on jobs of all priorities. Failed jobs return to the queue; the others do not. */
export async function handler({ Records }: QueueEvent) {
  const done = await Promise.allSettled(Records.map(({ body }) => work(JSON.parse(body) as Job)));
  // A message that failed comes back; why it did is in the log alone.
  for (const each of done) if (each.status === "rejected") console.error(each.reason);
  const failed = Records.filter((_, index) => done[index]?.status === "rejected");
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function work({ id, job, priority }: Job): Promise<void> {
  await sleep(WORK_MS);
  await writeDown({
    id: { S: id },
    priority: { S: priority },
    outcome: { S: `Done: ${job}` },
    at: { S: new Date().toISOString() },
  });
}

/** Once: a job that came twice stays as it was done first. */
async function writeDown(Item: Record<string, { S: string }>): Promise<void> {
  const ConditionExpression = "attribute_not_exists(id)";
  try {
    await dynamodb.send(new PutItemCommand({ TableName: TABLE_NAME, Item, ConditionExpression }));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
  }
}
