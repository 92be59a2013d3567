import { UserError } from "../errors.ts";
import type { QueuedMessage } from "../local/service.ts";

/** A message that a queue took while the test's cloud ran. */
export interface ReceivedMessage {
  readonly messageId: string;
  /** As it was sent. */
  readonly body: string;
  /** The body parsed as JSON; the text itself where it is not JSON. */
  readonly json: unknown;
  /** Message attributes by name: texts, and binary values in base64. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly groupId?: string;
  /** The cloud's time. */
  readonly sentAt: Date;
}

/** The messages that queues took, which the cloud records beside its work: nothing is received, so no consumer sees it. */
export class MessageRecord {
  readonly #messages: QueuedMessage[];

  constructor(messages: readonly QueuedMessage[] = []) {
    this.#messages = [...messages];
  }

  add(message: QueuedMessage): void {
    this.#messages.push(message);
  }

  /** Those of one queue, in the order in which it took them. `queue` is region, account and name, as in its ARN. */
  of(queue: string): ReceivedMessage[] {
    return this.#messages.filter(({ queueArn }) => queueArn.endsWith(`:sqs:${queue}`)).map(toReceived);
  }

  /** A record of its own that has these messages already. */
  copy(): MessageRecord {
    return new MessageRecord(this.#messages);
  }
}

/** A queue of the app. */
export class TestQueue {
  readonly url: string;
  readonly name: string;
  /** Region, account and name. */
  readonly #id: string;
  readonly #record: MessageRecord | undefined;

  /** Without a record the queue is on AWS. */
  constructor(url: string, region: string, record: MessageRecord | undefined) {
    const [account = "", name = ""] = url.split("/").slice(-2);
    this.url = url;
    this.name = name;
    this.#id = `${region}:${account}:${name}`;
    this.#record = record;
  }

  /**
   * Every message that the queue took since the cloud was started, in order: also those that a consumer has deleted, and
   * dead letters. Nothing is received: visibility, receive counts and consumers are as they would be without the test.
   * Throws a `UserError` for a queue on AWS, which has no such record.
   */
  received(): readonly ReceivedMessage[] {
    if (this.#record !== undefined) return this.#record.of(this.#id);
    throw new UserError("QueueNotRecorded", `What ${this.url} has received is not recorded on AWS`, {
      fix: "Test what the consumer did with the message instead, or run this test on the local cloud only.",
    });
  }
}

function toReceived({ messageId, body, attributes, groupId, sentMs }: QueuedMessage): ReceivedMessage {
  const sentAt = new Date(sentMs);
  return { messageId, body, json: readBody(body), attributes, ...(groupId !== undefined && { groupId }), sentAt };
}

function readBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
