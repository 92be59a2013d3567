import { wrap } from "./envelope.ts";
import type { PublishedMessage, SubscriptionRecord } from "./records.ts";
import type { Sns } from "./context.ts";

/** What a function gets of a message. */
export async function buildFunctionEvent(
  sns: Sns,
  subscription: SubscriptionRecord,
  message: PublishedMessage,
): Promise<object> {
  const { SigningCertURL, UnsubscribeURL, ...envelope } = await wrap(sns, subscription, message);
  return {
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: subscription.arn,
        // Functions get other spellings than queues, a Subject that may be null, and attributes always.
        Sns: {
          Subject: null,
          ...envelope,
          SigningCertUrl: SigningCertURL,
          UnsubscribeUrl: UnsubscribeURL,
          MessageAttributes: envelope["MessageAttributes"] ?? {},
        },
      },
    ],
  };
}
