export { Bucket } from "./constructs/bucket.ts";
export type { BucketEvent, BucketProps, BucketTarget, ListenOptions } from "./constructs/bucket-props.ts";
export { Function } from "./constructs/function.ts";
export type { FunctionProps } from "./constructs/function-props.ts";
export type { BundlingOptions } from "./constructs/bundling-options.ts";
export { EventBus } from "./constructs/event-bus.ts";
export type { ArchiveOptions, EventBusProps } from "./constructs/event-bus-props.ts";
export type { EventPatternInput } from "./constructs/event-pattern-input.ts";
export { HookFunction, type HookFunctionProps } from "./constructs/hook-function.ts";
export { HttpApi } from "./constructs/http-api.ts";
export type { HttpApiProps, HttpRouteOptions, RouteAuthOptions } from "./constructs/http-api-props.ts";
export { type FunctionAuthProps, HttpAuth, type JwtAuthProps } from "./constructs/http-auth.ts";
export {
  type CallTarget,
  type DataTarget,
  link,
  type LinkAccess,
  type LinkOptions,
  type LinkSource,
} from "./constructs/link.ts";
export { Queue } from "./constructs/queue.ts";
export type { ConsumeOptions, QueueProps } from "./constructs/queue-props.ts";
export { ReleaseDriver, type ReleaseDriverProps } from "./constructs/release-driver.ts";
export { Rollout } from "./constructs/rollout.ts";
export type { AnalysisOptions, LatencyOptions } from "./constructs/rollout-analysis.ts";
export type { RolloutHooks, RolloutProps } from "./constructs/rollout-props.ts";
export type { CompareOptions, RolloutComparison } from "./constructs/rollout-comparison.ts";
export type { RolloutNotification } from "./constructs/rollout-notifications.ts";
export type {
  CanaryOptions,
  LinearOptions,
  RolloutPolicyName,
  RolloutShape,
  StepOptions,
} from "./constructs/rollout-policy.ts";
export { Rule } from "./constructs/rule.ts";
export type { EventTarget, RuleProps, RuleTargetOptions } from "./constructs/rule-props.ts";
export { Schedule } from "./constructs/schedule.ts";
export type { ScheduledEvent, ScheduleProps, ScheduleTarget } from "./constructs/schedule-props.ts";
export { StateMachine } from "./constructs/state-machine.ts";
export type { StateMachineProps } from "./constructs/state-machine-props.ts";
export { Stream } from "./constructs/stream.ts";
export type { StreamConsumeOptions, StreamFailureDestination } from "./constructs/stream-consume-options.ts";
export type { StreamProps } from "./constructs/stream-props.ts";
export { Table } from "./constructs/table.ts";
export type { TableIndex, TableKey, TableLocalIndex, TableProps } from "./constructs/table-props.ts";
export { Topic } from "./constructs/topic.ts";
export type { SubscribeOptions, Subscriber, TopicProps } from "./constructs/topic-props.ts";
