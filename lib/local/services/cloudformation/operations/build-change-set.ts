import { randomUUID } from "node:crypto";
import type { ChangeSetRecord } from "../change-sets/change-set-record.ts";
import type { StackRecord } from "../model.ts";
import type { CloudformationParts } from "./service.ts";

/** The ARN of a change set that is about to be made. */
export function newChangeSetId(parts: CloudformationParts, stack: StackRecord, name: string): string {
  return `arn:aws:cloudformation:${stack.region}:${parts.cloud.account}:changeSet/${name}/${randomUUID()}`;
}

/** What differs from one new change set to the next. */
export type ChangeSetDraft = Pick<
  ChangeSetRecord,
  "id" | "name" | "type" | "revision" | "changes" | "changesWithValues" | "includeNestedStacks"
> &
  Partial<ChangeSetRecord>;

/** A change set that can be executed. */
export function buildChangeSet(parts: CloudformationParts, stack: StackRecord, draft: ChangeSetDraft): ChangeSetRecord {
  return {
    stackUuid: stack.uuid,
    region: stack.region,
    uuid: draft.id.slice(draft.id.lastIndexOf("/") + 1),
    creationTime: parts.cloud.clock.now(),
    notificationArns: [],
    status: "CREATE_COMPLETE",
    executionStatus: "AVAILABLE",
    ...draft,
  };
}

/** Marks a change set as one that could not be created. */
export function failChangeSet(record: ChangeSetRecord, reason: string): void {
  record.status = "FAILED";
  record.executionStatus = "UNAVAILABLE";
  record.statusReason = reason;
}
