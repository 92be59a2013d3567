import type { Cloud } from "../../../service.ts";
import type { ChangeSetStore } from "../change-sets/change-set-record.ts";
import type { Engine } from "../engine/engine.ts";
import type { EventLog } from "../events.ts";
import type { StackStore } from "../stack-store.ts";

/** What every operation of CloudFormation works with. */
export interface CloudformationParts {
  readonly cloud: Cloud;
  readonly store: StackStore;
  readonly events: EventLog;
  readonly changeSets: ChangeSetStore;
  readonly engine: Engine;
}
