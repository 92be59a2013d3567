import {
  CreateQueueCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SQSClient,
  type Message,
} from "@aws-sdk/client-sqs";
import type { TestCloud } from "../../helpers/cloud.ts";

/** Queues that EventBridge may send to, and what arrives in them. */
export interface QueueFixture {
  /** Answers the queue's ARN. */
  make(name: string, options?: { isClosed?: boolean }): Promise<string>;
  /** Waits until there are so many messages, and takes them. */
  take(name: string, count?: number): Promise<Message[]>;
  /** What is there now. */
  peek(name: string): Promise<Message[]>;
}

const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    { Effect: "Allow", Principal: { Service: "events.amazonaws.com" }, Action: "sqs:SendMessage", Resource: "*" },
  ],
});

export function openQueues(cloud: TestCloud): QueueFixture {
  const sqs = cloud.client(SQSClient);
  const urlOf = (name: string) => `${cloud.endpoint}/000000000000/${name}`;
  const receive = async (name: string) => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: urlOf(name), MaxNumberOfMessages: 10, MessageAttributeNames: ["All"] }),
    );
    const deletions = Messages.map(({ ReceiptHandle }) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl: urlOf(name), ReceiptHandle })),
    );
    await Promise.all(deletions);
    return Messages;
  };
  return {
    async make(name, { isClosed = false } = {}) {
      const fifo = name.endsWith(".fifo") ? { FifoQueue: "true", ContentBasedDeduplication: "true" } : {};
      const Attributes = { ...fifo, ...(!isClosed && { Policy: POLICY }) };
      await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
      return `arn:aws:sqs:us-east-1:000000000000:${name}`;
    },
    async take(name, count = 1) {
      const taken: Message[] = [];
      for (let end = Date.now() + 10_000; taken.length < count && Date.now() < end;) {
        taken.push(...(await receive(name)));
        if (taken.length < count) await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (taken.length < count) throw new Error(`${name} got ${taken.length} of ${count} messages in ten seconds.`);
      return taken;
    },
    peek: receive,
  };
}
