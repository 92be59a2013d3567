import { type CfnElement, CfnResource, Stack } from "aws-cdk-lib";
import type { IEventBus } from "aws-cdk-lib/aws-events";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import type { ReleaseNotification } from "../assembly/release-metadata.ts";
import { addProblems } from "./problems.ts";
import { logicalIdOf, ReleaseRegistry } from "./release-registry.ts";
import { tryRenderText } from "./render-text.ts";

/** What receives a release's notifications: an SNS topic or an EventBridge bus. */
export type RolloutNotification = ITopic | IEventBus;

/** A target of the app is registered with the stack that owns it, an imported one with the stack of its construct. */
export function addNotification(target: RolloutNotification): void {
  const { path, defaultChild } = target.node;
  const kind = "topicArn" in target ? "topic" : "event-bus";
  const add = (notification: () => ReleaseNotification) => ReleaseRegistry.of(target).addNotification(notification);
  const owned = CfnResource.isCfnResource(defaultChild) ? (defaultChild as CfnElement) : undefined;
  if (owned !== undefined) return add(() => ({ path, kind, resource: logicalIdOf(owned) }));
  const arn = tryRenderText(Stack.of(target).resolve("topicArn" in target ? target.topicArn : target.eventBusArn));
  if (arn !== undefined) return add(() => ({ path, kind, arn }));
  addProblems(target, [
    `the rollout cannot notify ${path}: its ARN is only known to CloudFormation. Import it with an ARN that is written out; partition, region and account may be left open.`,
  ]);
}
