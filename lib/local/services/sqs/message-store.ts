import { type Statement, Statements } from "../../state/statements.ts";
import type { QueuedMessage } from "../../service.ts";
import type { Store } from "../../state/store.ts";
import { decodeValue, encodeValue } from "../../state/store-value.ts";
import type { NewMessage, StoredMessage } from "./records.ts";

type Kept = Pick<StoredMessage, "body" | "attributes" | "systemAttributes" | "deduplicationId" | "sourceArn">;

interface Row {
  readonly id: number;
  readonly message_id: string;
  readonly kept: string;
  readonly group_id: string | null;
  readonly sent: number;
  readonly visible: number;
  readonly expires: number;
  readonly receives: number;
  readonly first_received: number | null;
  readonly receipt: string | null;
}

/** Takes queue, now, now, now: visible, not expired, and no older message of its group is hidden. */
const RECEIVABLE_IN_ORDER = `queue = ? AND visible <= ? AND expires > ? AND NOT EXISTS (
  SELECT 1 FROM sqs_messages AS b WHERE b.queue = m.queue AND b.visible > ? AND b.group_id = m.group_id AND b.id < m.id
)`;

/** How many messages of a queue can be received now, are being worked on, and are to come later. */
export interface MessageCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** The messages of all queues, in a table of their own. */
export class MessageStore {
  readonly #store: Store;
  readonly #statements: Statements;
  readonly #onQueued: ((message: QueuedMessage) => void) | undefined;

  /** `onQueued` receives each message that a queue takes. */
  constructor(store: Store, onQueued?: (message: QueuedMessage) => void) {
    this.#store = store;
    this.#onQueued = onQueued;
    this.#statements = new Statements(store.sql);
    store.sql.exec(`
      CREATE TABLE IF NOT EXISTS sqs_messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT, message_id TEXT, kept TEXT, group_id TEXT, sent INTEGER,
        visible INTEGER, expires INTEGER, receives INTEGER, first_received INTEGER, receipt TEXT
      );
      CREATE INDEX IF NOT EXISTS sqs_messages_visible ON sqs_messages (queue, visible);
      CREATE INDEX IF NOT EXISTS sqs_messages_receipt ON sqs_messages (receipt) WHERE receipt IS NOT NULL;
      CREATE TABLE IF NOT EXISTS sqs_duplicates (
        queue TEXT, scope TEXT, id TEXT, message_id TEXT, sequence TEXT, expires INTEGER, PRIMARY KEY (queue, scope, id)
      ) WITHOUT ROWID;
    `);
  }

  /** Returns the message's number. */
  add(queue: string, message: NewMessage & { readonly sourceArn?: string; readonly receiveCount?: number }): number {
    this.#store.touch();
    const { body, attributes, systemAttributes, deduplicationId, sourceArn } = message;
    const kept: Kept = {
      body,
      attributes,
      systemAttributes,
      ...(deduplicationId !== undefined && { deduplicationId }),
      ...(sourceArn !== undefined && { sourceArn }),
    };
    const added = this.#prepare(
      "INSERT INTO sqs_messages (queue, message_id, kept, group_id, sent, visible, expires, receives) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    ).run(
      queue,
      message.messageId,
      encodeValue(kept),
      message.groupId ?? null,
      message.sentMs,
      message.visibleMs,
      message.expiresMs,
      message.receiveCount ?? 0,
    );
    this.#onQueued?.(describeQueued(queue, message));
    return Number(added.lastInsertRowid);
  }

  /** The oldest messages that can be received now, in no particular order of groups. */
  receivable(queue: string, now: number, count: number): StoredMessage[] {
    const rows = this.#prepare<Row>(
      "SELECT * FROM sqs_messages WHERE queue = ? AND visible <= ? AND expires > ? ORDER BY visible, id LIMIT ?",
    ).all(queue, now, now, count);
    return rows.map(toMessage);
  }

  /**
   * As `receivable`, without groups of which a message is in flight or delayed. As many as possible are of the group of
   * the oldest message, in their order; then of the next group (AWS: "FIFO delivery logic").
   */
  receivableInOrder(queue: string, now: number, count: number): StoredMessage[] {
    const found: StoredMessage[] = [];
    const groups: string[] = [];
    while (found.length < count) {
      const [oldest] = this.#receivableOf(queue, now, groups, 1);
      if (oldest === undefined) break;
      const { groupId = "" } = oldest;
      found.push(...this.#receivableOfGroup(queue, now, groupId, count - found.length));
      groups.push(groupId);
    }
    return found;
  }

  /** The oldest receivable messages of all groups but some. */
  #receivableOf(queue: string, now: number, otherThan: readonly string[], count: number): StoredMessage[] {
    const rows = this.#prepare<Row>(
      `SELECT * FROM sqs_messages AS m WHERE ${RECEIVABLE_IN_ORDER}
         AND m.group_id NOT IN (SELECT value FROM json_each(?)) ORDER BY id LIMIT ?`,
    ).all(queue, now, now, now, JSON.stringify(otherThan), count);
    return rows.map(toMessage);
  }

  #receivableOfGroup(queue: string, now: number, group: string, count: number): StoredMessage[] {
    const rows = this.#prepare<Row>(
      `SELECT * FROM sqs_messages AS m WHERE ${RECEIVABLE_IN_ORDER} AND m.group_id = ? ORDER BY id LIMIT ?`,
    ).all(queue, now, now, now, group, count);
    return rows.map(toMessage);
  }

  received(message: StoredMessage, receipt: string, now: number, visibleMs: number): void {
    this.#store.touch();
    this.#prepare(
      "UPDATE sqs_messages SET receipt = ?, visible = ?, receives = receives + 1, first_received = coalesce(first_received, ?) WHERE id = ?",
    ).run(receipt, visibleMs, now, message.id);
  }

  byReceipt(queue: string, receipt: string): StoredMessage | undefined {
    const row = this.#prepare<Row>("SELECT * FROM sqs_messages WHERE receipt = ? AND queue = ?").get(receipt, queue);
    return row === undefined ? undefined : toMessage(row);
  }

  /** Whether a message is still in the queue, under any receipt. */
  holds(queue: string, messageId: string): boolean {
    const found = this.#prepare("SELECT 1 FROM sqs_messages WHERE queue = ? AND message_id = ? LIMIT 1");
    return found.get(queue, messageId) !== undefined;
  }

  setVisible(id: number, visibleMs: number): void {
    this.#store.touch();
    this.#prepare("UPDATE sqs_messages SET visible = ? WHERE id = ?").run(visibleMs, id);
  }

  delete(id: number): void {
    this.#store.touch();
    this.#prepare("DELETE FROM sqs_messages WHERE id = ?").run(id);
  }

  /** Deletes the messages of a queue, and what is known of their deduplication ids. */
  purge(queue: string): void {
    this.#store.touch();
    this.#prepare("DELETE FROM sqs_messages WHERE queue = ?").run(queue);
    this.#prepare("DELETE FROM sqs_duplicates WHERE queue = ?").run(queue);
  }

  /** Removes what is older than its queue keeps it. */
  expire(queue: string, now: number): void {
    const first = this.#prepare("SELECT 1 FROM sqs_messages WHERE queue = ? AND expires <= ? LIMIT 1").get(queue, now);
    if (first === undefined) return;
    this.#store.touch();
    this.#prepare("DELETE FROM sqs_messages WHERE queue = ? AND expires <= ?").run(queue, now);
  }

  counts(queue: string, now: number): MessageCounts {
    return this.#prepare<MessageCounts>(
      `SELECT coalesce(sum(visible <= ?1), 0) AS visible, coalesce(sum(visible > ?1 AND receives > 0), 0) AS inFlight,
         coalesce(sum(visible > ?1 AND receives = 0), 0) AS delayed FROM sqs_messages WHERE queue = ?2 AND expires > ?1`,
    ).one(now, queue);
  }

  /** How many messages of a queue are being worked on; looks at those that are hidden only. */
  inFlight(queue: string, now: number): number {
    const row = this.#prepare<{ count: number }>(
      "SELECT count(*) AS count FROM sqs_messages WHERE queue = ? AND visible > ? AND receives > 0",
    ).one(queue, now);
    return row.count;
  }

  /** When the next message of a queue can be received that cannot be now. */
  nextVisibleMs(queue: string, now: number): number | undefined {
    const row = this.#prepare<{ due: number | null }>(
      "SELECT min(visible) AS due FROM sqs_messages WHERE queue = ? AND visible > ?",
    ).one(queue, now);
    return row.due ?? undefined;
  }

  /** What was sent under the same deduplication id within its five minutes. */
  duplicate(
    queue: string,
    scope: string,
    id: string,
    now: number,
  ): { messageId: string; sequence: string } | undefined {
    return this.#prepare<{ messageId: string; sequence: string }>(
      "SELECT message_id AS messageId, sequence FROM sqs_duplicates WHERE queue = ? AND scope = ? AND id = ? AND expires > ?",
    ).get(queue, scope, id, now);
  }

  remember(queue: string, scope: string, id: string, sent: { messageId: string; sequence: string }, now: number): void {
    this.#store.touch();
    this.#prepare("DELETE FROM sqs_duplicates WHERE queue = ? AND expires <= ?").run(queue, now);
    this.#prepare("INSERT OR REPLACE INTO sqs_duplicates VALUES (?, ?, ?, ?, ?, ?)").run(
      queue,
      scope,
      id,
      sent.messageId,
      sent.sequence,
      now + 300_000,
    );
  }

  #prepare<R = never>(sql: string): Statement<R> {
    return this.#statements.prepare(sql);
  }
}

function describeQueued(queueArn: string, { messageId, body, attributes, groupId, sentMs }: NewMessage): QueuedMessage {
  const texts = Object.entries(attributes).map(([name, { StringValue, BinaryValue }]) => [
    name,
    StringValue ?? Buffer.from(BinaryValue ?? []).toString("base64"),
  ]);
  const text: Record<string, string> = Object.fromEntries(texts);
  return { queueArn, messageId, body, attributes: text, ...(groupId !== undefined && { groupId }), sentMs };
}

function toMessage(row: Row): StoredMessage {
  return {
    ...decodeValue<Kept>(row.kept),
    id: row.id,
    messageId: row.message_id,
    sentMs: row.sent,
    visibleMs: row.visible,
    expiresMs: row.expires,
    receiveCount: row.receives,
    ...(row.group_id !== null && { groupId: row.group_id }),
    ...(row.first_received !== null && { firstReceivedMs: row.first_received }),
    ...(row.receipt !== null && { receipt: row.receipt }),
  };
}
