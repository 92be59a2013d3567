import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { FunctionHost } from "../../runtime/function-host.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { CodeStore } from "./functions/code-store.ts";
import type { ConcurrencyGate } from "./invoke/concurrency-gate.ts";
import type { Delivery } from "./invoke/deliveries.ts";
import type { EventQueue } from "./invoke/event-queue.ts";
import type { LambdaState } from "./lambda-state.ts";
import type { MetricsWriter } from "./invoke/metrics.ts";
import type { SpecBuilder } from "./functions/spec-builder.ts";
import type { EventPollers } from "./event-sources/event-pollers.ts";

/** What the operations of Lambda work with. */
export interface Lambda {
  readonly cloud: Cloud;
  readonly state: LambdaState;
  readonly code: CodeStore;
  readonly host: FunctionHost;
  readonly specs: SpecBuilder;
  readonly gate: ConcurrencyGate;
  readonly metrics: MetricsWriter;
  /** Aborted when the cloud stops. */
  readonly closing: AbortSignal;
  /** Asynchronous events. */
  readonly queue: EventQueue;
  readonly pollers: EventPollers;
  /** Records for destinations and dead-letter targets that are still to be delivered. */
  readonly deliveries: Outbox<Delivery>;
}

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"lambda">> = InputOf<"lambda", K>;

/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"lambda">> = OutputOf<"lambda", K>;
