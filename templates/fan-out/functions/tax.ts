import { type Order, writeDown } from "./heard.ts";

interface TopicEvent {
  readonly Records: readonly { readonly Sns: { readonly Message: string } }[];
}

/** Declares an order that goes abroad. The subscription's filter keeps others away. */
export async function handler({ Records }: TopicEvent) {
  for (const { Sns } of Records) {
    const order = JSON.parse(Sns.Message) as Order;
    await writeDown(order, "tax", `Declared for ${order.country}`);
  }
}
