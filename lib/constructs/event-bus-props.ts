import type { BaseArchiveProps, EventBusProps as CdkEventBusProps } from "aws-cdk-lib/aws-events";
import type { EventPatternInput } from "./event-pattern-input.ts";
import type { PropNames, SharedProps } from "./known-props.ts";

/** Props of an archive that aws-cdk-lib has, with the same meaning. */
export const SHARED_ARCHIVE_OPTIONS = [
  "archiveName",
  "description",
  "kmsKey",
  "retention",
] as const satisfies readonly (keyof BaseArchiveProps)[];

type SharedArchiveOptions = SharedProps<BaseArchiveProps, typeof SHARED_ARCHIVE_OPTIONS>;

/** Which events a bus archives and for how long: `retention` in whole days, for ever by default. */
export interface ArchiveOptions extends SharedArchiveOptions {
  /**
   * Which events are archived, as EventBridge or aws-cdk-lib writes event patterns.
   * @default - every event of the bus
   */
  readonly eventPattern?: EventPatternInput;
}

const OWN_ARCHIVE_OPTIONS: PropNames<Omit<ArchiveOptions, keyof SharedArchiveOptions>> = { eventPattern: true };

/** The names of the options of `archive`. */
export const ARCHIVE_OPTIONS: readonly string[] = [...SHARED_ARCHIVE_OPTIONS, ...Object.keys(OWN_ARCHIVE_OPTIONS)];

/** Props that `EventBus` of aws-cdk-lib has, with the same meaning. */
export const SHARED_EVENT_BUS_PROPS = [
  "deadLetterQueue",
  "description",
  "eventBusName",
  "eventSourceName",
  "kmsKey",
  "logConfig",
] as const satisfies readonly (keyof CdkEventBusProps)[];

type SharedEventBusProps = SharedProps<CdkEventBusProps, typeof SHARED_EVENT_BUS_PROPS>;

/** Properties of an event bus. What is not described here is as in aws-cdk-lib's `EventBus`. */
export interface EventBusProps extends SharedEventBusProps {
  /**
   * Archives events, so that they can be replayed to rules that failed or that were added later.
   * @default - no archive
   */
  readonly archive?: ArchiveOptions;
}

const OWN_EVENT_BUS_PROPS: PropNames<Omit<EventBusProps, keyof SharedEventBusProps>> = { archive: true };

/** The names of an event bus's props. */
export const EVENT_BUS_PROPS: readonly string[] = [...SHARED_EVENT_BUS_PROPS, ...Object.keys(OWN_EVENT_BUS_PROPS)];
