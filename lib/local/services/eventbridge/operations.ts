import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Events } from "./context.ts";
import * as archives from "./archives/archives.ts";
import * as replays from "./archives/replays.ts";
import * as busPolicy from "./buses/bus-policy.ts";
import * as buses from "./buses/buses.ts";
import * as putEvents from "./buses/put-events.ts";
import * as apiDestinations from "./connections/api-destinations.ts";
import * as connections from "./connections/connections.ts";
import * as rules from "./rules/rules.ts";
import * as targets from "./rules/targets.ts";
import * as tags from "./tags.ts";
import * as testEventPattern from "./rules/test-event-pattern.ts";

/** The operations of EventBridge that are carried. */
export function operationsOf(events: Events): Operations<"eventbridge"> {
  return bindOperations("eventbridge", events, [
    testEventPattern,
    archives,
    replays,
    busPolicy,
    buses,
    putEvents,
    apiDestinations,
    connections,
    rules,
    targets,
    tags,
  ]);
}
