import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { type Check, lastChecks, writeDown } from "./checks.ts";

const sns = new SNSClient({});
const { TOPIC_ARN } = process.env;
const TIMEOUT_MS = 10_000;

/**
 * Checks the site, reports a change, and records the result. Reports first: a duplicate report is better than a lost
 * one.
 */
export async function handler({ site, at }: { readonly site: string; readonly at: string }) {
  const check = { site, at, ...(await lookAt(site)) };
  const [before] = await lastChecks(site, 1, at);
  if (check.isUp !== (before?.isUp ?? true)) await tell(check);
  await writeDown(check);
}

async function lookAt(site: string): Promise<Pick<Check, "isUp" | "answer">> {
  try {
    const response = await fetch(site, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    return { isUp: response.ok, answer: `status ${response.status}` };
  } catch (error) {
    return { isUp: false, answer: error instanceof Error ? error.message : String(error) };
  }
}

async function tell({ site, at, isUp, answer }: Check): Promise<void> {
  const Message = `${site} ${isUp ? "is back" : "is down"} since ${at}: ${answer}`;
  await sns.send(new PublishCommand({ TopicArn: TOPIC_ARN, Message }));
}
