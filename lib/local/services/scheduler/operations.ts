import { bindOperations } from "../../kit/bind-operations.ts";
import type { Operations } from "../../service.ts";
import type { Scheduler } from "./context.ts";
import * as groups from "./groups.ts";
import * as schedules from "./schedules.ts";
import * as tags from "./tags.ts";

/** The operations of EventBridge Scheduler that are carried. */
export function operationsOf(scheduler: Scheduler): Operations<"scheduler"> {
  return bindOperations("scheduler", scheduler, [groups, schedules, tags]);
}
