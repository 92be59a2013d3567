import type { FunctionSpec, InvocationResult } from "../../runtime/function-spec.ts";
import type { FunctionRef } from "./functions/names.ts";
import type { Delivery, InvokeTarget, QueuedEvent, VersionRecord } from "./records.ts";
import type { Input as InputOf, Output as OutputOf } from "../../kit/operation-types.ts";
import type { FunctionHost } from "../../runtime/function-host.ts";
import type { Outbox } from "../../state/outbox.ts";
import type { Cloud, OperationsOf } from "../../service.ts";
import type { CodeStore } from "./functions/code-store.ts";
import type { ConcurrencyGate } from "./invoke/concurrency-gate.ts";
import type { KeptEvents } from "./invoke/kept-events.ts";
import type { LambdaState } from "./lambda-state.ts";

/** Builds what the runtime needs of a version. */
interface Specs {
  specOf(ref: FunctionRef, record: VersionRecord): Promise<FunctionSpec>;
  retireOld(ref: FunctionRef, version?: string): void;
}

/** Writes the metrics of invocations. */
interface InvocationMetrics {
  ran(target: InvokeTarget, startedMs: number, result: InvocationResult, concurrent: number): void;
  read(target: InvokeTarget, ageMs: number): void;
  throttledIfRefused<T>(target: InvokeTarget, work: () => T): T;
  close(): Promise<void>;
}

/** The events of asynchronous invocations, with their retries. */
interface AsynchronousEvents {
  add(event: QueuedEvent): void;
  resume(): void;
  stop(): void;
}

/** Polls the sources of the event source mappings. */
interface Pollers {
  resume(): void;
  follow(uuid: string): void;
  forget(uuid: string): void;
  stop(): void;
}

/** What the operations of Lambda work with. */
export interface Lambda {
  readonly cloud: Cloud;
  readonly state: LambdaState;
  readonly code: CodeStore;
  readonly host: FunctionHost;
  readonly specs: Specs;
  readonly gate: ConcurrencyGate;
  /** Events of the last invocations. */
  readonly keptEvents: KeptEvents;
  readonly metrics: InvocationMetrics;
  /** Aborted when the cloud stops. */
  readonly closing: AbortSignal;
  /** Events of asynchronous invocations. */
  readonly queue: AsynchronousEvents;
  readonly pollers: Pollers;
  /** Deliveries to destinations and dead-letter targets that are still to be made. */
  readonly deliveries: Outbox<Delivery>;
}

/** An operation's input, as the SDK types it. */
export type Input<K extends keyof OperationsOf<"lambda">> = InputOf<"lambda", K>;

/** An operation's output, as the SDK types it. */
export type Output<K extends keyof OperationsOf<"lambda">> = OutputOf<"lambda", K>;
