import { gzipSync } from "node:zlib";
import { SAMPLE } from "./sample.ts";

/** Lines of a log group. */
export interface LogLinesInput {
  readonly messages: readonly string[];
  /** @default "/aws/lambda/create" */
  readonly logGroup?: string;
}

/**
 * The event of a subscription of CloudWatch Logs: the lines are compressed.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 */
export function logSubscriptionEvent({ messages, logGroup = "/aws/lambda/create" }: LogLinesInput) {
  const data = {
    messageType: "DATA_MESSAGE",
    owner: SAMPLE.account,
    logGroup,
    logStream: "2026/01/01/[1]0123456789abcdef0123456789abcdef",
    subscriptionFilters: ["filter"],
    logEvents: messages.map((message, index) => ({
      id: String(index + 1).padStart(56, "3"),
      timestamp: SAMPLE.timeMs + index,
      message,
    })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString("base64") } };
}
