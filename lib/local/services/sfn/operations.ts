import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Sfn } from "./context.ts";
import * as activities from "./activities.ts";
import * as aliases from "./aliases.ts";
import * as executions from "./executions.ts";
import * as mapRuns from "./map-runs.ts";
import * as stateMachines from "./state-machines.ts";
import * as testState from "./test-state.ts";
import * as versions from "./versions.ts";

/** The operations of Step Functions that are carried. */
export function operationsOf(sfn: Sfn): Operations<"sfn"> {
  return bindOperations("sfn", sfn, [activities, aliases, executions, mapRuns, stateMachines, testState, versions]);
}
