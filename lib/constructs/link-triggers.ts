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
  if (from instanceof HttpApi) return trigger(["Function"], isFunction, (to) => from.addRoute("$default", to));
  if (from instanceof Bucket) {
    return trigger(["Function", "Queue", "Topic"], isBucketTarget, (to) => from.on("s3:ObjectCreated:*", to));
  }
  if (from instanceof Queue || from instanceof Stream || from instanceof Table) {
    return trigger(["Function"], isOurFunction, (to) => from.consume(to));
  }
  if (from instanceof Rule) {
    const allowed = ["EventBus", "Function", "Queue", "StateMachine", "Stream", "Topic"];
    return trigger(allowed, isEventTarget, (to) => from.to(to));
  }
  if (from instanceof Topic) return trigger(["Function", "Queue"], isSubscriber, (to) => from.subscribe(to));
  return undefined;
}

function trigger<T extends IConstruct>(
  allowed: readonly string[],
  isTarget: (to: IConstruct) => to is T,
  connect: (to: T) => unknown,
): BoundTrigger {
  return {
    allowed,
    connect: (to) => {
      if (!isTarget(to)) return false;
      connect(to);
      return true;
    },
  };
}

const isOurFunction = (to: IConstruct): to is ReleasedFunction => to instanceof ReleasedFunction;
const isFunction = (to: IConstruct): to is IFunction => "functionArn" in to;
const isSubscriber = (to: IConstruct): to is IFunction & IConstruct => isFunction(to) || "queueArn" in to;
const isBucketTarget = (to: IConstruct): to is BucketTarget => isSubscriber(to) || "topicArn" in to;
const isEventTarget = (to: IConstruct): to is EventTarget =>
  isBucketTarget(to) || ["eventBusArn", "stateMachineArn", "streamArn"].some((property) => property in to);
