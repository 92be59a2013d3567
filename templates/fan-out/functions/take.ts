import { randomUUID } from "node:crypto";
import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

const sns = new SNSClient({});
const { TOPIC_ARN, HOME } = process.env;

/** POST /orders {item, country}: publishes an order. 202 with its id, 400 without an item and a country. */
export async function handler(event: { readonly body?: string }) {
  const { item, country } = read(event.body ?? "");
  if (typeof item !== "string" || typeof country !== "string") {
    return answer(400, { message: 'Expected a JSON object with the texts "item" and "country".' });
  }
  const id = randomUUID();
  const destination = { DataType: "String", StringValue: country === HOME ? "home" : "abroad" };
  const Message = JSON.stringify({ id, item, country });
  await sns.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message, MessageAttributes: { destination } }));
  return answer(202, { id });
}

function read(body: string): { readonly item?: unknown; readonly country?: unknown } {
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    return {};
  }
}

function answer(statusCode: number, body: object) {
  return { statusCode, headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
}
