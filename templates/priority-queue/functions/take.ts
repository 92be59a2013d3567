import { randomUUID } from "node:crypto";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { answer } from "./http.ts";

const sqs = new SQSClient({});
/** Queues by the priorities that there are. */
const queues = new Map<unknown, string>(
  Object.entries(JSON.parse(process.env["QUEUE_URLS"] ?? "{}") as Record<string, string>),
);

/** POST /jobs {job, priority}: puts a job into the queue of its priority. 202 with its id, 400 for an invalid job. */
export async function handler(event: { readonly body?: string }) {
  const { job, priority = "normal" } = read(event.body ?? "");
  if (typeof job !== "string") return answer(400, { message: 'Expected a JSON object with a text "job".' });
  const QueueUrl = queues.get(priority);
  if (QueueUrl === undefined) return answer(400, { message: `"priority" is one of ${[...queues.keys()].join(", ")}.` });
  const id = randomUUID();
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify({ id, job, priority }) }));
  return answer(202, { id });
}

function read(body: string): { readonly job?: unknown; readonly priority?: unknown } {
  try {
    return { ...(JSON.parse(body) as object) };
  } catch {
    return {};
  }
}
