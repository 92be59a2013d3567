import type { Duration } from "aws-cdk-lib";
import { EventBus as CdkEventBus, type EventPattern } from "aws-cdk-lib/aws-events";
import type { Construct } from "constructs";
import { eventBusProblems } from "./event-rules.ts";
import { addProblems } from "./problems.ts";

/** Which events a bus keeps, for how long. */
export interface ArchiveOptions {
  /**
   * Whole days.
   * @default - for ever
   */
  readonly retention?: Duration;
  /**
   * What is kept, as EventBridge writes event patterns.
   * @default - every event of the bus
   */
  readonly pattern?: Readonly<Record<string, unknown>>;
}

/** Properties of an event bus. */
export interface EventBusProps {
  /** @default - made from the construct's path */
  readonly eventBusName?: string;
  /** @default - none */
  readonly description?: string;
  /**
   * Keeps events, so that they can be replayed to rules that came later or failed.
   * @default - nothing is kept
   */
  readonly archive?: ArchiveOptions;
}

/** An EventBridge bus of the app's own. AWS's own events are on the account's default bus: a `Rule` without `bus`. */
export class EventBus extends CdkEventBus {
  constructor(scope: Construct, id: string, props: EventBusProps = {}) {
    const problems = eventBusProblems(props);
    const { eventBusName, description, archive } = problems.length > 0 ? {} : props;
    super(scope, id, { eventBusName, description });
    addProblems(this, problems);
    if (archive === undefined) return;
    // EventBridge wants a pattern: every event has a source, and so none is left out.
    const eventPattern = (archive.pattern ?? { source: [{ prefix: "" }] }) as EventPattern;
    this.archive("Archive", { eventPattern, retention: archive.retention });
  }
}
