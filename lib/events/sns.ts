import { asText, SAMPLE, sampleArn, sampleTime } from "./sample.ts";

/** A message of a topic. */
export interface SnsMessageInput {
  /** Sent as JSON where it is not text. */
  readonly message: unknown;
  readonly subject?: string;
  /** Attributes of the type String. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** @default - a topic `orders` of a sample account */
  readonly topicArn?: string;
}

/**
 * The event of a topic. SNS sends one message an event.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function snsEvent({
  message,
  subject,
  attributes = {},
  topicArn = sampleArn("sns", "orders"),
}: SnsMessageInput) {
  return {
    Records: [
      {
        EventSource: "aws:sns",
        EventVersion: "1.0",
        EventSubscriptionArn: `${topicArn}:${SAMPLE.requestId}`,
        Sns: {
          Type: "Notification",
          MessageId: SAMPLE.requestId,
          TopicArn: topicArn,
          Subject: subject ?? null,
          Message: asText(message),
          Timestamp: sampleTime(),
          SignatureVersion: "1",
          Signature: "c2FtcGxl",
          SigningCertUrl: `https://sns.${SAMPLE.region}.amazonaws.com/SimpleNotificationService.pem`,
          UnsubscribeUrl: `https://sns.${SAMPLE.region}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn=${topicArn}:${SAMPLE.requestId}`,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, Value]) => [name, { Type: "String", Value }]),
          ),
        },
      },
    ],
  };
}
