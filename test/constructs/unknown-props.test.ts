import type { Stack } from "aws-cdk-lib";
import { describe, expect, test } from "vitest";
import {
  Bucket,
  EventBus,
  Function,
  HookFunction,
  Queue,
  Rule,
  Schedule,
  Stream,
  Table,
  Topic,
} from "../../lib/index.ts";
import { HELLO, templateOf, testStack } from "../helpers/template.ts";

/** Props as JavaScript gives them, and TypeScript whose types are stripped and not checked. */
const untyped = (props: object): never => props as never;

const worker = (stack: Stack) => new Function(stack, "Worker", { entry: HELLO });

describe("an unknown prop is refused with the construct's path and the nearest name", () => {
  test.each<[string, (stack: Stack) => unknown, string]>([
    [
      "of a queue",
      (stack) => new Queue(stack, "Work", untyped({ visibilityTimout: 1 })),
      "[Test/Work] visibilityTimout: unknown prop. Did you mean 'visibilityTimeout'?",
    ],
    [
      "of a queue's consumer",
      (stack) => new Queue(stack, "Work").consume(worker(stack), untyped({ maxBatchWindow: 1 })),
      "[Test/Work] consume.maxBatchWindow: unknown prop. Did you mean 'maxBatchingWindow'?",
    ],
    [
      "of a function",
      (stack) => new Function(stack, "Work", untyped({ entry: HELLO, memory: 512 })),
      "[Test/Work] memory: unknown prop. Did you mean 'memorySize'?",
    ],
    [
      "of a function's bundling",
      (stack) => new Function(stack, "Work", untyped({ entry: HELLO, bundling: { externals: ["pg"] } })),
      "[Test/Work] bundling.externals: unknown prop. Did you mean 'externalModules'?",
    ],
    [
      "of a hook, which has no alias",
      (stack) => new HookFunction(stack, "Hook", untyped({ entry: HELLO, aliasName: "live" })),
      "[Test/Hook] aliasName: unknown prop.",
    ],
    [
      "of a stream",
      (stack) => new Stream(stack, "Work", untyped({ shards: 2 })),
      "[Test/Work] shards: unknown prop. Did you mean 'shardCount'?",
    ],
    [
      "of a stream's consumer",
      (stack) => new Stream(stack, "Work").consume(worker(stack), untyped({ retryAttempt: 2 })),
      "[Test/Work] consumer Test/Worker: retryAttempt: unknown prop. Did you mean 'retryAttempts'?",
    ],
    [
      "of a table",
      (stack) => new Table(stack, "Work", untyped({ partitionKey: "id", timeToLive: "ttl" })),
      "[Test/Work] timeToLive: unknown prop. Did you mean 'timeToLiveAttribute'?",
    ],
    [
      "of a bucket",
      (stack) => new Bucket(stack, "Work", untyped({ eventBridge: true })),
      "[Test/Work] eventBridge: unknown prop. Did you mean 'eventBridgeEnabled'?",
    ],
    [
      "of a bucket's target",
      (stack) => new Bucket(stack, "Work").on("s3:ObjectCreated:*", worker(stack), untyped({ sufix: ".csv" })),
      "[Test/Work] on.sufix: unknown prop. Did you mean 'suffix'?",
    ],
    [
      "of a schedule",
      (stack) =>
        new Schedule(stack, "Work", untyped({ schedule: "rate(1 day)", target: worker(stack), retryAttempt: 1 })),
      "[Test/Work] retryAttempt: unknown prop. Did you mean 'retryAttempts'?",
    ],
    [
      "of a topic",
      (stack) => new Topic(stack, "Work", untyped({ displayname: "Shop" })),
      "[Test/Work] displayname: unknown prop. Did you mean 'displayName'?",
    ],
    [
      "of a subscription",
      (stack) => new Topic(stack, "Work").subscribe("https://a.example", untyped({ raw: true })),
      "[Test/Work] subscriber https://a.example: raw: unknown prop. Did you mean 'rawMessageDelivery'?",
    ],
    [
      "of a rule",
      (stack) => new Rule(stack, "Work", untyped({ eventPattern: { source: ["a"] }, bus: "b" })),
      "[Test/Work] bus: unknown prop. Did you mean 'eventBus'?",
    ],
    [
      "of a rule's target",
      (stack) => new Rule(stack, "Work", { eventPattern: { source: ["a"] } }).to(worker(stack), untyped({ maxAge: 1 })),
      "[Test/Work] to.maxAge: unknown prop. Did you mean 'maxEventAge'?",
    ],
    [
      "of an event bus",
      (stack) => new EventBus(stack, "Work", untyped({ name: "shop" })),
      "[Test/Work] name: unknown prop. Did you mean 'eventBusName'?",
    ],
    [
      "of an event bus's archive",
      (stack) => new EventBus(stack, "Work", untyped({ archive: { pattern: { source: ["a"] } } })),
      "[Test/Work] archive.pattern: unknown prop. Did you mean 'eventPattern'?",
    ],
  ])("%s", (_what, make, message) => {
    const { stack } = testStack();
    make(stack);
    expect(() => templateOf(stack)).toThrow(message);
  });
});
