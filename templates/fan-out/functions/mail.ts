import { type Order, writeDown } from "./heard.ts";

interface TopicEvent {
  readonly Records: readonly { readonly Sns: { readonly Message: string } }[];
}

/** Thanks for an order. A placeholder for a mail service. */
export async function handler({ Records }: TopicEvent) {
  for (const { Sns } of Records) {
    const order = JSON.parse(Sns.Message) as Order;
    if (order.item === "") throw new Error("An order without an item cannot be confirmed.");
    await writeDown(order, "mail", `Thank you for ordering ${order.item}`);
  }
}
