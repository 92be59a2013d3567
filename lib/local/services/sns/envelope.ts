import { envelopeAttributes } from "./message-attributes.ts";
import type { Delivery, Protocol, PublishedMessage, SubscriptionRecord } from "./records.ts";
import { type Sns, topicKey } from "./context.ts";

/** The members of an envelope, in AWS's order. */
export type Envelope = Readonly<Record<string, unknown>>;

/** The text that a protocol gets of a message. */
export function textFor({ text, isStructured }: PublishedMessage, protocol: Protocol): string {
  if (!isStructured) return text;
  const texts = JSON.parse(text) as Readonly<Record<string, unknown>>;
  const own = Object.hasOwn(texts, protocol) ? texts[protocol] : undefined;
  return typeof own === "string" ? own : String(texts["default"]);
}

/** What wraps a message for a subscription. Messages of FIFO topics are numbered instead of signed. */
export async function wrap(sns: Sns, subscription: SubscriptionRecord, message: PublishedMessage): Promise<Envelope> {
  const Message = textFor(message, subscription.protocol);
  const { id: MessageId, topicArn: TopicArn, sequenceNumber, subject: Subject } = message;
  const common = { Type: "Notification", MessageId };
  const content = { ...(Subject !== undefined && { Subject }), Message, Timestamp: isoTime(message.publishedMs) };
  const links = { UnsubscribeURL: unsubscribeUrl(sns, subscription) };
  const attributes = envelopeAttributes(message.attributes);
  const tail = { ...links, ...(Object.keys(attributes).length > 0 && { MessageAttributes: attributes }) };
  if (sequenceNumber !== undefined) {
    return { ...common, SequenceNumber: sequenceNumber, TopicArn, ...content, ...tail };
  }
  const unsigned = { ...common, TopicArn, ...content };
  return { ...unsigned, ...(await signed(sns, subscription, unsigned)), ...tail };
}

/** The message that requests confirmation from an endpoint's owner, or reports that the subscription has ended. */
export async function wrapQuestion(
  sns: Sns,
  { kind, subscription, messageId, sentMs }: Exclude<Delivery, { kind: "Notification" }>,
): Promise<Envelope> {
  const { topicArn, token } = subscription;
  const SubscribeURL = confirmUrl(sns, subscription);
  const Message =
    kind === "SubscriptionConfirmation"
      ? `You have chosen to subscribe to the topic ${topicArn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`
      : `You have chosen to deactivate subscription ${subscription.arn}.\nTo cancel this operation and restore the subscription, visit the SubscribeURL included in this message.`;
  const content = { Message, SubscribeURL, Timestamp: isoTime(sentMs) };
  const unsigned = { Type: kind, MessageId: messageId, Token: token, TopicArn: topicArn, ...content };
  return { ...unsigned, ...(await signed(sns, subscription, unsigned)) };
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message-verify-message-signature.html */
async function signed(
  sns: Sns,
  subscription: SubscriptionRecord,
  content: Readonly<Record<string, string>>,
): Promise<object> {
  const version = sns.topics.get(topicKey(subscription))?.attributes["SignatureVersion"] ?? "1";
  const text = Object.keys(content)
    .sort()
    .map((key) => `${key}\n${content[key]}\n`)
    .join("");
  const { signature, certificateUrl } = await sns.signer.sign(text, version);
  return { SignatureVersion: version, Signature: signature, SigningCertURL: certificateUrl };
}

/** The link that gives consent. It needs no signature, as on AWS: the token is proof enough. */
export function confirmUrl(sns: Sns, { topicArn, token }: SubscriptionRecord): string {
  return `${sns.cloud.endpoint}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`;
}

function unsubscribeUrl(sns: Sns, { arn }: SubscriptionRecord): string {
  return `${sns.cloud.endpoint}/?Action=Unsubscribe&SubscriptionArn=${arn}`;
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
