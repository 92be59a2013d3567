import type { StackProgress } from "../../io/progress.ts";
import { formatDuration } from "../../util/format-duration.ts";

/** One stack's operation, as its events tell it. */
interface StackRow {
  readonly stack: string;
  readonly verb: Verb;
  readonly purpose: StackProgress["purpose"];
  readonly total: number | undefined;
  readonly startedMs: number;
  readonly done: Set<string>;
  /** What is in progress, with its type; oldest first. */
  readonly busy: Map<string, string>;
}

/** In progress, and when it is over. */
type Verb = readonly [present: string, past: string];

const VERBS: readonly (readonly [RegExp, Verb])[] = [
  [/^(UPDATE_)?ROLLBACK_/, ["rolling back", "rolled back"]],
  [/^CREATE_/, ["creating", "created"]],
  [/^DELETE_/, ["deleting", "deleted"]],
  [/^UPDATE_/, ["updating", "updated"]],
];

/** The stacks that are being changed. Times are of one steady clock, in milliseconds. */
export class StackBoard {
  readonly #rows = new Map<string, StackRow>();

  /** Takes an event in. Returns the line that ends a stack's operation, where this event does. */
  see(progress: StackProgress, nowMs: number): string | undefined {
    const { stack, resource, status, type = "", total, purpose } = progress;
    if (resource === undefined) return this.#seeOwn(progress, nowMs);
    const row = this.#rows.get(stack) ?? this.#start(stack, { status, purpose, total, startedMs: nowMs });
    if (status.endsWith("_IN_PROGRESS")) row.busy.set(resource, type);
    else row.busy.delete(resource);
    if (/_(COMPLETE|SKIPPED)$/.test(status)) row.done.add(resource);
    return undefined;
  }

  /** What each stack is doing now, for a log. */
  lines(nowMs: number): string[] {
    return [...this.#rows.values()].map((row) => {
      const busy = [...row.busy.entries()].at(0);
      const waits = busy === undefined ? [] : [`waiting for ${busy[0]} (${busy[1].replace(/^AWS::/, "")})`];
      const parts = [`${row.stack}: ${row.verb[0]}`, countOf(row), formatSeconds(nowMs - row.startedMs), ...waits];
      return parts.join(", ");
    });
  }

  /** What each stack is doing now, with a bar where the number of changes is known. */
  drawn(nowMs: number): string[] {
    return [...this.#rows.values()].map((row) => {
      const busy = [...row.busy.keys()].at(-1);
      const parts = [row.stack, row.verb[0], barOf(row), countOf(row), formatSeconds(nowMs - row.startedMs)];
      return [...parts.filter((part) => part !== ""), ...(busy === undefined ? [] : [busy])].join("  ");
    });
  }

  #seeOwn({ stack, status, purpose, total }: StackProgress, nowMs: number): string | undefined {
    if (status.endsWith("_IN_PROGRESS")) {
      const row = this.#rows.get(stack);
      // The clean-up after an update is a part of it.
      if (row === undefined || /ROLLBACK/.test(status))
        this.#start(stack, { status, purpose, total, startedMs: row?.startedMs ?? nowMs });
      return undefined;
    }
    const row = this.#rows.get(stack);
    this.#rows.delete(stack);
    if (row === undefined) return undefined;
    const took = formatSeconds(nowMs - row.startedMs);
    if (status.endsWith("_FAILED")) return `${stack}: ${status}, ${took}`;
    if (row.purpose === "finalise") return `${stack}: parameters follow the live versions, ${took}`;
    const count = row.done.size;
    return `${stack}: ${row.verb[1]}, ${count} ${count === 1 ? "resource" : "resources"}, ${took}`;
  }

  #start(
    stack: string,
    {
      status,
      purpose,
      total,
      startedMs,
    }: Pick<StackRow, "purpose" | "total" | "startedMs"> & { readonly status: string },
  ): StackRow {
    const verb = VERBS.find(([pattern]) => pattern.test(status))?.[1] ?? ["changing", "changed"];
    const row = { stack, verb, purpose, total, startedMs, done: new Set<string>(), busy: new Map<string, string>() };
    this.#rows.set(stack, row);
    return row;
  }
}

function countOf({ done, total }: StackRow): string {
  return total === undefined ? `${done.size} done` : `${Math.min(done.size, total)} of ${total}`;
}

const BAR_WIDTH = 20;

function barOf({ done, total }: StackRow): string {
  if (total === undefined || total === 0) return "";
  const filled = Math.min(BAR_WIDTH, Math.floor((done.size / total) * BAR_WIDTH));
  return `[${"#".repeat(filled)}${"-".repeat(BAR_WIDTH - filled)}]`;
}

function formatSeconds(durationMs: number): string {
  return durationMs < 60_000 ? `${(durationMs / 1000).toFixed(1)} s` : formatDuration(durationMs);
}
