import { alarmEvent } from "./alarm.ts";
import { dynamoDbEvent } from "./dynamodb.ts";
import { busEvent, scheduledRuleEvent, schedulerEvent } from "./event-bus.ts";
import { functionUrlEvent, httpApiEvent } from "./http-api.ts";
import { kinesisEvent } from "./kinesis.ts";
import { logSubscriptionEvent } from "./log-subscription.ts";
import { restApiEvent } from "./rest-api.ts";
import { s3Event } from "./s3.ts";
import { snsEvent } from "./sns.ts";
import { sqsEvent } from "./sqs.ts";
import { webSocketEvent } from "./websocket.ts";

/** A sample of what an event source sends to a function. */
export interface EventSample {
  /** What the command line calls it. */
  readonly name: string;
  readonly summary: string;
  readonly build: () => unknown;
}

const ORDER = { id: 1, item: "book" } as const;

/** A sample of every event source, in the order in which they are listed. */
export const EVENT_SAMPLES: readonly EventSample[] = [
  {
    name: "http-api",
    summary: "a request to an HTTP API (payload format 2.0)",
    build: () => httpApiEvent({ path: "/orders", body: ORDER }),
  },
  {
    name: "rest-api",
    summary: "a request to a REST API, or to an HTTP API in format 1.0",
    build: () => restApiEvent({ path: "/orders", body: ORDER }),
  },
  {
    name: "function-url",
    summary: "a request to a function URL",
    build: () => functionUrlEvent({ path: "/orders", body: ORDER }),
  },
  { name: "websocket", summary: "a message of a WebSocket API", build: () => webSocketEvent({ body: ORDER }) },
  { name: "sqs", summary: "a message of a queue", build: () => sqsEvent([{ body: ORDER }]) },
  { name: "sns", summary: "a message of a topic", build: () => snsEvent({ message: ORDER }) },
  {
    name: "eventbridge",
    summary: "an event of an event bus",
    build: () => busEvent({ detailType: "OrderPlaced", source: "shop", detail: ORDER }),
  },
  { name: "schedule", summary: "a rule with a schedule", build: () => scheduledRuleEvent() },
  { name: "scheduler", summary: "a schedule of EventBridge Scheduler", build: () => schedulerEvent() },
  { name: "s3", summary: "an object that was put into a bucket", build: () => s3Event() },
  {
    name: "dynamodb",
    summary: "an item that was added to a table, from its stream",
    build: () => dynamoDbEvent([{ keys: { id: { S: "1" } }, newImage: { id: { S: "1" }, item: { S: "book" } } }]),
  },
  { name: "kinesis", summary: "a record of a data stream", build: () => kinesisEvent([{ data: ORDER }]) },
  { name: "step-functions", summary: "the input of a task of a workflow", build: () => ({ ...ORDER }) },
  { name: "alarm", summary: "a CloudWatch alarm that went off", build: () => alarmEvent() },
  {
    name: "logs",
    summary: "lines of a log group, by a subscription",
    build: () => logSubscriptionEvent({ messages: ["ERROR first", "ERROR second"] }),
  },
];
