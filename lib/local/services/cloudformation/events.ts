import { Statement } from "../../state/statements.ts";
import type { Checked } from "../../kit/checked.ts";
import { randomUUID } from "node:crypto";
import type { ResourceStatus, StackEvent } from "@aws-sdk/client-cloudformation";
import type { Cloud } from "../../service.ts";
import { decodeValue, encodeValue } from "../../state/store-value.ts";
import type { StackRecord } from "./model.ts";

/** One event as it is kept. */
interface EventRow {
  readonly seq: number;
  readonly body: string;
}

/** What an event says beside where it belongs. */
export interface EventDetail {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: ResourceStatus;
  readonly reason?: string;
  readonly properties?: unknown;
}

/** The events of all stacks, in order. */
export class EventLog {
  readonly #cloud: Cloud;
  readonly #lastTimes = new Map<string, number>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    cloud.store.sql.exec(
      "CREATE TABLE IF NOT EXISTS cloudformation_events (seq INTEGER PRIMARY KEY AUTOINCREMENT, stack TEXT NOT NULL, body TEXT NOT NULL)",
    );
    cloud.store.sql.exec(
      "CREATE INDEX IF NOT EXISTS cloudformation_events_by_stack ON cloudformation_events (stack, seq)",
    );
  }

  /** Emits an event of a resource of the stack. */
  add(stack: StackRecord, detail: EventDetail): void {
    const now = new Date(this.#nextTime(stack));
    const isStack = detail.type === "AWS::CloudFormation::Stack" && detail.physicalId === stack.id;
    const event: Checked<StackEvent> = {
      StackId: stack.id,
      StackName: stack.name,
      EventId: isStack ? randomUUID() : `${detail.logicalId}-${detail.status}-${now.toISOString()}`,
      LogicalResourceId: detail.logicalId,
      PhysicalResourceId: detail.physicalId,
      ResourceType: detail.type,
      Timestamp: now,
      ResourceStatus: detail.status,
      ResourceStatusReason: detail.reason,
      ResourceProperties: detail.properties === undefined ? undefined : JSON.stringify(detail.properties),
      ClientRequestToken: stack.operation?.token,
    };
    this.#cloud.store.touch();
    this.#cloud.store.sql
      .prepare("INSERT INTO cloudformation_events (stack, body) VALUES (?, ?)")
      .run(`${stack.region}/${stack.uuid}`, encodeValue(event));
  }

  /** No two events of a stack have the same time: who sorts by it (the CDK CLI) gets them in order. */
  #nextTime(stack: StackRecord): number {
    const timeMs = Math.max(this.#cloud.clock.now(), (this.#lastTimes.get(stack.uuid) ?? 0) + 1);
    this.#lastTimes.set(stack.uuid, timeMs);
    return timeMs;
  }

  /** Emits an event of the stack's own status. */
  addStack(stack: StackRecord): void {
    this.add(stack, {
      logicalId: stack.name,
      physicalId: stack.id,
      type: "AWS::CloudFormation::Stack",
      status: stack.status as ResourceStatus,
      reason: stack.statusReason,
    });
  }

  /** Deletes the events of a stack. */
  forget(stack: StackRecord): void {
    this.#cloud.store.touch();
    this.#cloud.store.sql
      .prepare("DELETE FROM cloudformation_events WHERE stack = ?")
      .run(`${stack.region}/${stack.uuid}`);
  }

  /** Newest first, `limit` of them, older than `before`. */
  page(
    stack: StackRecord,
    before: number | undefined,
    limit: number,
  ): { events: Checked<StackEvent>[]; next: number | undefined } {
    const rows = new Statement<EventRow>(
      this.#cloud.store.sql,
      "SELECT seq, body FROM cloudformation_events WHERE stack = ? AND seq < ? ORDER BY seq DESC LIMIT ?",
    ).all(`${stack.region}/${stack.uuid}`, before ?? Number.MAX_SAFE_INTEGER, limit + 1);
    const shown = rows.slice(0, limit);
    return {
      events: shown.map((row) => decodeValue<Checked<StackEvent>>(row.body)),
      next: rows.length > limit ? shown.at(-1)?.seq : undefined,
    };
  }
}
