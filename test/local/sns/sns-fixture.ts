import { CreateTopicCommand, SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestCloud } from "../../helpers/cloud.ts";

/** A request that a web endpoint got. */
export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON, where it is. */
  readonly body: Record<string, string>;
}

/** A web endpoint that keeps what it gets. */
export interface WebEndpoint {
  readonly url: string;
  readonly received: Received[];
  /** The statuses of the next answers; 200 when there is none left. */
  readonly statuses: number[];
  stop(): Promise<void>;
}

export async function startEndpoint(): Promise<WebEndpoint> {
  const received: Received[] = [];
  const statuses: number[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      received.push({ headers: request.headers, text, body: tryParse(text) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    statuses,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function tryParse(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
  } catch {
    return {};
  }
}

/** Waits until `isTrue`; fails after fifteen seconds. */
export async function eventually(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error("It did not come true within 15 s.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Makes topics and subscriptions in few words. */
export function topicsOf(cloud: TestCloud) {
  const sns = cloud.client(SNSClient);
  return {
    sns,
    async topic(Name: string, Attributes: Record<string, string> = {}): Promise<string> {
      const isFifo = Name.endsWith(".fifo");
      const made = await sns.send(
        new CreateTopicCommand({ Name, Attributes: { ...(isFifo && { FifoTopic: "true" }), ...Attributes } }),
      );
      return made.TopicArn!;
    },
    async subscribe(TopicArn: string, Protocol: string, Endpoint: string, Attributes: Record<string, string> = {}) {
      const input = { TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true };
      return (await sns.send(new SubscribeCommand(input))).SubscriptionArn!;
    },
  };
}
