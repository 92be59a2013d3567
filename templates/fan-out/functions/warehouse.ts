import { type Order, writeDown } from "./heard.ts";

interface QueueEvent {
  readonly Records: readonly { readonly messageId: string; readonly body: string }[];
}

/** Packs orders. Those that fail come back; the others do not. */
export async function handler({ Records }: QueueEvent) {
  const orders = Records.map(({ body }) => JSON.parse(body) as Order);
  const done = await Promise.allSettled(orders.map((order) => writeDown(order, "warehouse", `Packed ${order.item}`)));
  // A message that failed comes back; why it did is in the log alone.
  for (const each of done) if (each.status === "rejected") console.error(each.reason);
  const failed = Records.filter((_, index) => done[index]?.status === "rejected");
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
