import type { Cloud } from "../../service.ts";
import type { ChangeSetStore } from "./change-sets/change-set-record.ts";
import type { EventLog } from "./events.ts";
import type { StackStore } from "./stack-store.ts";

/**
 * CloudFormation lists deleted stacks for this long
 * (https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ListStacks.html).
 */
const REMEMBERED_MS = 90 * 24 * 3600 * 1000;

/** Removes stacks that were deleted long ago, with everything that belongs to them. */
export function forgetOldStacks(cloud: Cloud, store: StackStore, events: EventLog, changeSets: ChangeSetStore): void {
  const before = cloud.clock.now() - REMEMBERED_MS;
  for (const stack of store.listAll()) {
    if (stack.status !== "DELETE_COMPLETE" || (stack.deletionTime ?? 0) > before) continue;
    for (const record of changeSets.list(stack)) changeSets.delete(record);
    events.forget(stack);
    store.forget(stack);
  }
}
