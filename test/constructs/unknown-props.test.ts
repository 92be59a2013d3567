import type { Stack } from "aws-cdk-lib";
import { DefinitionBody } from "aws-cdk-lib/aws-stepfunctions";
import { Construct } from "constructs";
import { describe, expect, test } from "vitest";
import {
  Bucket,
  EventBus,
  Function,
  HookFunction,
  HttpApi,
  HttpAuth,
  Queue,
  ReleaseDriver,
  Rollout,
  Rule,
  Schedule,
  StateMachine,
  Stream,
  Table,
  Topic,
} from "../../lib/index.ts";
import * as tidegate from "../../lib/index.ts";
import { HELLO, templateOf, testStack } from "../helpers/template.ts";

/** Props as JavaScript gives them, and TypeScript whose types are stripped and not checked. */
const untyped = (props: object): never => props as never;

const PASS = DefinitionBody.fromString('{"StartAt":"A","States":{"A":{"Type":"Succeed"}}}');

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
      "of a state machine",
      (stack) => new StateMachine(stack, "Work", untyped({ definitionBody: PASS, tracing: true })),
      "[Test/Work] tracing: unknown prop. Did you mean 'tracingEnabled'?",
    ],
    [
      "of a state machine's logs",
      (stack) => new StateMachine(stack, "Work", untyped({ definitionBody: PASS, logs: { levels: "ALL" } })),
      "[Test/Work] logs.levels: unknown prop. Did you mean 'level'?",
    ],
    [
      "of an HTTP API",
      (stack) => new HttpApi(stack, "Work", untyped({ cors: {} })),
      "[Test/Work] cors: unknown prop. Did you mean 'corsPreflight'?",
    ],
    [
      "of an HTTP API's route",
      (stack) =>
        new HttpApi(stack, "Work").addRoute(
          "GET /",
          worker(stack),
          untyped({ authorizer: HttpAuth.none(), authorisationScopes: [] }),
        ),
      "[Test/Work] routes['GET /'].authorisationScopes: unknown prop. Did you mean 'authorizationScopes'?",
    ],
    [
      "of a rollout",
      (stack) => new Rollout(stack, "Work", untyped({ notification: [] })),
      "[Test/Work] notification: unknown prop. Did you mean 'notifications'?",
    ],
    [
      "of a rollout's analysis",
      (stack) => new Rollout(stack, "Work", untyped({ analysis: { minInvocation: 1 } })),
      "[Test/Work] analysis.minInvocation: unknown prop. Did you mean 'minInvocations'?",
    ],
    [
      "of a rollout's hooks",
      (stack) => new Rollout(stack, "Work", untyped({ hooks: { preTrafic: undefined } })),
      "[Test/Work] hooks.preTrafic: unknown prop. Did you mean 'preTraffic'?",
    ],
    [
      "of a release driver",
      (stack) => new ReleaseDriver(stack, "Work", untyped({ logRetentions: 1 })),
      "[Test/Work] logRetentions: unknown prop. Did you mean 'logRetention'?",
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

/** Every construct of the package, with the least that it needs. */
const CONSTRUCTS: Readonly<Record<string, (stack: Stack, more: object) => unknown>> = {
  Bucket: (stack, more) => new Bucket(stack, "Work", untyped(more)),
  EventBus: (stack, more) => new EventBus(stack, "Work", untyped(more)),
  Function: (stack, more) => new Function(stack, "Work", untyped({ entry: HELLO, ...more })),
  HookFunction: (stack, more) => new HookFunction(stack, "Work", untyped({ entry: HELLO, ...more })),
  HttpApi: (stack, more) => new HttpApi(stack, "Work", untyped(more)),
  Queue: (stack, more) => new Queue(stack, "Work", untyped(more)),
  ReleaseDriver: (stack, more) => new ReleaseDriver(stack, "Work", untyped(more)),
  Rollout: (stack, more) => new Rollout(stack, "Work", untyped(more)),
  Rule: (stack, more) => new Rule(stack, "Work", untyped({ eventPattern: { source: ["a"] }, ...more })),
  Schedule: (stack, more) =>
    new Schedule(stack, "Work", untyped({ schedule: "rate(1 day)", target: worker(stack), ...more })),
  StateMachine: (stack, more) => new StateMachine(stack, "Work", untyped({ definitionBody: PASS, ...more })),
  Stream: (stack, more) => new Stream(stack, "Work", untyped(more)),
  Table: (stack, more) => new Table(stack, "Work", untyped({ partitionKey: "id", ...more })),
  Topic: (stack, more) => new Topic(stack, "Work", untyped(more)),
};

/** What synthesis says of a construct with these props. */
function refusalOf(name: string, more: object): string {
  const { stack } = testStack();
  CONSTRUCTS[name]?.(stack, more);
  try {
    templateOf(stack);
  } catch (error) {
    return String(error);
  }
  return "";
}

/** Without its middle letter. */
const misspell = (prop: string) => `${prop.slice(0, prop.length >> 1)}${prop.slice((prop.length >> 1) + 1)}`;

describe("every construct of the package", () => {
  const classes = Object.entries(tidegate).filter(([, one]) => Construct.isPrototypeOf(one));

  test("is in the table", () => {
    expect(Object.keys(CONSTRUCTS)).toEqual(classes.map(([name]) => name).toSorted());
  });

  test.each(classes.map(([name]) => name))("%s names the nearest for each of its props, misspelt", (name) => {
    const known = /zzzzzzzzzz: unknown prop\. Known props: (.*)\./.exec(refusalOf(name, { zzzzzzzzzz: 1 }))?.[1] ?? "";
    const props = known.split(", ").filter((prop) => !known.split(", ").includes(misspell(prop)));
    expect(known).not.toBe("");
    const refusal = refusalOf(name, Object.fromEntries(props.map((prop) => [misspell(prop), undefined])));
    for (const prop of props) {
      expect(refusal).toContain(`[Test/Work] ${misspell(prop)}: unknown prop. Did you mean '${prop}'?`);
    }
  });

  test.each(["Function", "HookFunction", "Rollout", "Schedule"])(
    "%s names itself where it is given seconds as a number",
    (name) => {
      expect(() => refusalOf(name, { finalBake: 30, maxEventAge: 30, timeout: 30 })).toThrow(
        /^\[Test\/Work\] \w+: got 30; allowed is a Duration, such as Duration\.seconds\(30\)$/,
      );
    },
  );
});

test("an unknown option of HttpAuth is refused at once", () => {
  const props = untyped({ jwtIssuer: "https://id.example.com", jwtAudience: ["app"], scopes: ["a"] });
  expect(() => HttpAuth.jwt(props)).toThrow("HttpAuth.jwt.scopes: unknown prop. Did you mean 'authorizationScopes'?");
});
