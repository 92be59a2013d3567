import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { IConstruct } from "constructs";
import { Bucket } from "./bucket.ts";
import type { BucketTarget } from "./bucket-props.ts";
import { Function as ReleasedFunction } from "./function.ts";
import { HttpApi } from "./http-api.ts";
import { Queue } from "./queue.ts";
import { Rule } from "./rule.ts";
import type { EventTarget } from "./rule-props.ts";
import { Stream } from "./stream.ts";
import { Table } from "./table.ts";
import { Topic } from "./topic.ts";

/** What sends events, requests or messages to something that it is linked to. */
interface BoundTrigger {
  /** Class names of what it can be linked to. */
  readonly allowed: readonly string[];
  /** Connects the two. Returns false where the target cannot be one. */
  connect(to: IConstruct): boolean;
}

/** The trigger that a construct is; undefined where it sends nothing. */
export function tryBindTrigger(from: IConstruct): BoundTrigger | undefined {
  return TRIGGERS.map(({ bind }) => bind(from)).find((bound) => bound !== undefined);
}

interface Trigger {
  /** Class name of what sends. */
  readonly name: string;
  /** Class names of what it can be linked to. */
  readonly allowed: readonly string[];
  readonly bind: (from: IConstruct) => BoundTrigger | undefined;
}

function trigger<F extends IConstruct, T extends IConstruct>(
  source: abstract new (...args: never) => F,
  allowed: readonly string[],
  isTarget: (to: IConstruct) => to is T,
  connect: (from: F, to: T) => unknown,
): Trigger {
  const bind = (from: IConstruct): BoundTrigger | undefined => {
    if (!(from instanceof source)) return undefined;
    return {
      allowed,
      connect: (to) => {
        if (!isTarget(to)) return false;
        connect(from, to);
        return true;
      },
    };
  };
  return { name: source.name, allowed, bind };
}

const isOurFunction = (to: IConstruct): to is ReleasedFunction => to instanceof ReleasedFunction;
const isFunction = (to: IConstruct): to is IFunction => "functionArn" in to;
const isSubscriber = (to: IConstruct): to is IFunction & IConstruct => isFunction(to) || "queueArn" in to;
const isBucketTarget = (to: IConstruct): to is BucketTarget => isSubscriber(to) || "topicArn" in to;
const isEventTarget = (to: IConstruct): to is EventTarget =>
  isBucketTarget(to) || ["eventBusArn", "stateMachineArn", "streamArn"].some((property) => property in to);

const TRIGGERS: readonly Trigger[] = [
  trigger(HttpApi, ["Function"], isFunction, (api, to) => api.addRoute("$default", to)),
  trigger(Bucket, ["Function", "Queue", "Topic"], isBucketTarget, (bucket, to) => bucket.on("s3:ObjectCreated:*", to)),
  trigger(Queue, ["Function"], isOurFunction, (queue, to) => queue.consume(to)),
  trigger(Stream, ["Function"], isOurFunction, (stream, to) => stream.consume(to)),
  trigger(Table, ["Function"], isOurFunction, (table, to) => table.consume(to)),
  trigger(Rule, ["EventBus", "Function", "Queue", "StateMachine", "Stream", "Topic"], isEventTarget, (rule, to) =>
    rule.to(to),
  ),
  trigger(Topic, ["Function", "Queue"], isSubscriber, (topic, to) => topic.subscribe(to)),
];

/** What sends to what: class names of all pairs. */
export const TRIGGER_PAIRS: readonly (readonly [from: string, to: string])[] = TRIGGERS.flatMap(({ name, allowed }) =>
  allowed.map((to) => [name, to] as const),
);
