import { EventBus as CdkEventBus } from "aws-cdk-lib/aws-events";
import type { Construct } from "constructs";
import {
  ARCHIVE_OPTIONS,
  EVENT_BUS_PROPS,
  type EventBusProps,
  SHARED_ARCHIVE_OPTIONS,
  SHARED_EVENT_BUS_PROPS,
} from "./event-bus-props.ts";
import { renderEventPattern } from "./event-pattern-input.ts";
import { eventBusProblems } from "./event-rules.ts";
import { pickProps, refuseUnknownProps } from "./known-props.ts";
import { addProblems } from "./problems.ts";

/** Every event has a source: an archive needs a pattern, and this one excludes nothing. */
const EVERY_EVENT = { source: [{ prefix: "" }] };

/** An EventBridge bus of the app's own. AWS's own events are on the account's default bus: a `Rule` without `eventBus`. */
export class EventBus extends CdkEventBus {
  constructor(scope: Construct, id: string, props: EventBusProps = {}) {
    const problems = eventBusProblems(props);
    const given: EventBusProps = problems.length > 0 ? {} : props;
    super(scope, id, pickProps(given, SHARED_EVENT_BUS_PROPS));
    refuseUnknownProps(this, props, EVENT_BUS_PROPS);
    addProblems(this, problems);
    const { archive } = given;
    if (archive === undefined) return;
    refuseUnknownProps(this, archive, ARCHIVE_OPTIONS, "archive");
    const eventPattern = renderEventPattern(archive.eventPattern ?? EVERY_EVENT);
    this.archive("Archive", { ...pickProps(archive, SHARED_ARCHIVE_OPTIONS), eventPattern });
  }
}
