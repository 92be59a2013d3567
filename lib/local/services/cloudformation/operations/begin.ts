import { randomUUID } from "node:crypto";
import type { OnFailure, StackStatus } from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../../aws-error.ts";
import type { OperationKind, Revision, StackRecord } from "../model.ts";
import type { CloudformationParts } from "./service.ts";

/** What an operation needs besides its kind. */
export interface BeginOptions {
  readonly token?: string;
  readonly disableRollback?: boolean;
  readonly onFailure?: OnFailure;
  readonly retain?: string[];
  readonly skip?: string[];
  readonly reason?: string;
  /** The deletion goes through, even if resources cannot be deleted. */
  readonly isForced?: boolean;
  readonly isNested?: boolean;
}

const STARTS: Readonly<Record<OperationKind, StackStatus>> = {
  CREATE: "CREATE_IN_PROGRESS",
  UPDATE: "UPDATE_IN_PROGRESS",
  DELETE: "DELETE_IN_PROGRESS",
  ROLLBACK: "ROLLBACK_IN_PROGRESS",
};

/** Records the operation on a stack, emits the first event, and starts the engine. */
export function beginOperation(
  parts: CloudformationParts,
  stack: StackRecord,
  kind: OperationKind,
  target: Revision | undefined,
  options: BeginOptions = {},
): void {
  parts.cloud.store.transaction(() => {
    if (target) parts.store.putRevision(stack, target);
    stack.operation = {
      id: randomUUID(),
      token: options.token,
      kind,
      phase: kind === "DELETE" ? "delete" : kind === "ROLLBACK" ? "rollback" : "forward",
      targetRevisionId: target?.id,
      disableRollback: options.disableRollback ?? false,
      onFailure: options.onFailure,
      retain: options.retain ?? [],
      skip: options.skip ?? [],
      isForced: options.isForced,
      isNested: options.isNested,
      failures: [],
    };
    if (target) stack.shownRevisionId = target.id;
    stack.firstFailure = undefined;
    stack.lastToken = options.token;
    stack.status = STARTS[kind];
    stack.statusReason = options.reason ?? "User Initiated";
    // Neither a plain creation nor a deletion is an update.
    if (kind !== "DELETE" && (kind !== "CREATE" || stack.changeSetId !== undefined)) {
      stack.lastUpdatedTime = parts.cloud.clock.now();
    }
    parts.store.put(stack);
    parts.events.addStack(stack);
  });
  parts.engine.begin(stack);
}

const UPDATABLE: ReadonlySet<string> = new Set([
  "CREATE_COMPLETE",
  "UPDATE_COMPLETE",
  "UPDATE_ROLLBACK_COMPLETE",
  "IMPORT_COMPLETE",
  "IMPORT_ROLLBACK_COMPLETE",
  "CREATE_FAILED",
  "UPDATE_FAILED",
]);

/** Refuses a stack that cannot be updated in its present status. */
export function checkUpdatable(stack: StackRecord): void {
  if (UPDATABLE.has(stack.status)) return;
  throw new AwsError("ValidationError", `Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

/** Refuses a stack's name that AWS does not take. */
export function checkStackName(name: string | undefined): asserts name is string {
  if (name !== undefined && /^[a-zA-Z][-a-zA-Z0-9]*$/.test(name) && name.length <= 128) return;
  if (name !== undefined && name.length > 128) {
    throw new AwsError(
      "ValidationError",
      `1 validation error detected: Value '${name}' at 'stackName' failed to satisfy constraint: Member must have length less than or equal to 128`,
    );
  }
  throw new AwsError(
    "ValidationError",
    `1 validation error detected: Value '${name ?? ""}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*|arn:[-a-zA-Z0-9:/._+]*`,
  );
}
