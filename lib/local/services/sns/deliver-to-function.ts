import { mayInvokeFunction } from "../../policy/function-grant.ts";
import { DeliveryFailure } from "./delivery-failure.ts";
import { wrap } from "./envelope.ts";
import type { PublishedMessage, SubscriptionRecord } from "./records.ts";
import type { Sns } from "./context.ts";

/** Hands a message to a subscription's function, which runs it in its own time. */
export async function invokeFunction(
  sns: Sns,
  subscription: SubscriptionRecord,
  message: PublishedMessage,
): Promise<void> {
  const arn = subscription.endpoint;
  const [, , , region = ""] = arn.split(":");
  await requireGrant(sns, arn, message.topicArn);
  const event = await buildEvent(sns, subscription, message);
  await sns.cloud.call(
    "lambda",
    "Invoke",
    { FunctionName: arn, InvocationType: "Event", Payload: Buffer.from(JSON.stringify(event)) },
    { region },
  );
}

async function buildEvent(sns: Sns, subscription: SubscriptionRecord, message: PublishedMessage): Promise<object> {
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

async function requireGrant(sns: Sns, functionArn: string, topicArn: string): Promise<void> {
  if (await mayInvokeFunction(sns.cloud, functionArn, { service: "sns.amazonaws.com", sourceArn: topicArn })) return;
  throw new DeliveryFailure(
    `the policy of ${functionArn} does not let sns.amazonaws.com invoke it for ${topicArn}; add a permission`,
    true,
  );
}
