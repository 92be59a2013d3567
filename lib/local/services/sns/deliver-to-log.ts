import { confirmUrl, textFor } from "./envelope.ts";
import type { Delivery, PublishedMessage, SubscriptionRecord } from "./records.ts";
import type { Sns } from "./context.ts";

/** No mail and no text message leaves this machine: the cloud's log says what would have been sent. */
export async function tellMessage(
  sns: Sns,
  subscription: SubscriptionRecord,
  message: PublishedMessage,
): Promise<void> {
  const { protocol, endpoint } = subscription;
  const subject = message.subject === undefined ? "" : `${JSON.stringify(message.subject)} `;
  const text = JSON.stringify(textFor(message, protocol));
  sns.cloud.log(`sns: not sent by ${protocol} to ${endpoint}, for this cloud sends none: ${subject}${text}`);
}

/** Where the owner of a mail address would have clicked. */
export function tellQuestion(sns: Sns, { kind, subscription }: Exclude<Delivery, { kind: "Notification" }>): void {
  if (kind !== "SubscriptionConfirmation") return;
  const { protocol, endpoint, topicArn } = subscription;
  const link = confirmUrl(sns, subscription);
  sns.cloud.log(
    `sns: not sent by ${protocol} to ${endpoint}: to confirm the subscription to ${topicArn}, open ${link}`,
  );
}
