import type { Checked } from "../../kit/checked.ts";
import type { Tag } from "@aws-sdk/client-sns";

/** A topic, kept under `<region>/<name>`. */
export interface TopicRecord {
  readonly arn: string;
  readonly region: string;
  readonly name: string;
  readonly isFifo: boolean;
  /** What was set, by AWS's names; what was not has AWS's defaults. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: readonly Checked<Tag>[];
  readonly deletedSubscriptions: number;
}

/** The protocols that the cloud carries. */
export type Protocol = "http" | "https" | "email" | "email-json" | "sms" | "sqs" | "lambda";

/** A subscription, kept under `<region>/<topic>:<id>`. */
export interface SubscriptionRecord {
  readonly arn: string;
  readonly region: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  readonly endpoint: string;
  /** Until the endpoint's owner hands in the token. */
  readonly isPending: boolean;
  readonly token: string;
  readonly wasAuthenticated: boolean;
  /** Only a signed call may end it. */
  readonly mustAuthenticateUnsubscribe?: boolean;
  readonly attributes: Readonly<Record<string, string>>;
}

/** An attribute of a message, as SNS and SQS take it. */
export interface MessageAttribute {
  readonly DataType?: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

/** What was published, as it is kept until it is delivered. */
export interface PublishedMessage {
  readonly id: string;
  readonly topicArn: string;
  readonly publishedMs: number;
  readonly text: string;
  readonly subject: string | undefined;
  /** The text is JSON with a text for each protocol. */
  readonly isStructured: boolean;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  /** FIFO topics number their messages. */
  readonly sequenceNumber: string | undefined;
}

/** Something on its way to one endpoint. */
export type Delivery =
  | { readonly kind: "Notification"; readonly subscription: string; readonly message: PublishedMessage }
  | {
      readonly kind: "SubscriptionConfirmation" | "UnsubscribeConfirmation";
      /** As it was: an ended subscription is no longer there. */
      readonly subscription: SubscriptionRecord;
      readonly messageId: string;
      readonly sentMs: number;
    };
