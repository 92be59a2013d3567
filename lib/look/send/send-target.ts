import type { AppResource, AppStack } from "../app/app-resource.ts";
import { findNamed, type Named } from "../app/find-named.ts";

/** What takes an event. */
export interface SendTarget extends Named {
  readonly kind: "queue" | "topic" | "bus" | "stream";
  readonly resource: AppResource;
}

const KINDS: ReadonlyMap<string, SendTarget["kind"]> = new Map([
  ["AWS::SQS::Queue", "queue"],
  ["AWS::SNS::Topic", "topic"],
  ["AWS::Events::EventBus", "bus"],
  ["AWS::Kinesis::Stream", "stream"],
]);

/** The queues, topics, buses and streams of an app. */
export function sendTargetsOf(stacks: readonly AppStack[]): SendTarget[] {
  return stacks.flatMap(({ resources }) =>
    resources.flatMap((resource) => {
      const kind = KINDS.get(resource.type);
      return kind === undefined ? [] : [{ kind, resource, path: resource.path, name: nameOf(resource) }];
    }),
  );
}

/** The target that a name means. Throws a `UserError` that names the nearest, or all that match. */
export function findSendTarget(stacks: readonly AppStack[], name: string): SendTarget {
  return findNamed(name, sendTargetsOf(stacks), "queue, topic, bus or stream");
}

/** The last part of a queue's URL or of an ARN. */
export function nameOf({ physicalId }: Pick<AppResource, "physicalId">): string {
  return physicalId.split(/[/:]/).at(-1) ?? physicalId;
}
