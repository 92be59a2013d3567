import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

const sqs = new SQSClient({});
const { NEXT_URL } = process.env;

/** What goes through the pipes. */
export interface Review {
  readonly id: string;
  readonly text: string;
  readonly stars?: number;
}

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** A handler that does something to each review of a batch. Those that fail come back; the others do not. */
export function forEach(act: (review: Review) => Promise<void>) {
  return async ({ Records }: QueueEvent) => {
    const done = await Promise.allSettled(Records.map(async ({ body }) => act(JSON.parse(body) as Review)));
    // A message that failed comes back; why it did is in the log alone.
    for (const each of done) if (each.status === "rejected") console.error(each.reason);
    const failed = Records.filter((_, index) => done[index]?.status === "rejected");
    return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  };
}

/** A handler that changes reviews, and puts them into the next pipe. */
export function filter(change: (review: Review) => Review) {
  return forEach(async (review) => put(change(review)));
}

/** Puts a review into the next pipe. */
export async function put(review: Review): Promise<void> {
  await sqs.send(new SendMessageCommand({ QueueUrl: NEXT_URL, MessageBody: JSON.stringify(review) }));
}
