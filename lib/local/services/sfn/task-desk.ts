import type { TaskStory } from "./run/event-data.ts";
import type { RunJournal } from "./run/run-journal.ts";
import type { ExecutionRecord } from "./records.ts";
import { Interrupted, unlessInterrupted } from "./run/interruption.ts";
import { randomBytes } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import type { ActivityTaskRecord, TaskResult, TokenRecord } from "./records.ts";
import { HeartbeatError } from "./run/states-error.ts";

interface WaitLimits {
  readonly heartbeatSeconds?: number;
}

interface Offer extends WaitLimits {
  readonly activityArn: string;
  readonly input: string;
  readonly at: string;
  readonly story: TaskStory;
}

/** What the desk needs of a run that waits for a task. */
interface WaitingRun {
  readonly execution: Pick<ExecutionRecord, "arn">;
  readonly journal: RunJournal;
  readonly signal: AbortSignal;
}

/** Where results from outside come in: by task tokens, and by workers that fetch an activity's tasks. */
export class TaskDesk {
  readonly #cloud: Cloud;
  readonly #tokens: Collection<TokenRecord>;
  readonly #offers: Collection<ActivityTaskRecord>;
  /** Who waits for a token's next news, or for an activity's next task. */
  readonly #waiting = new Map<string, Set<() => void>>();
  readonly #stories = new Map<string, TaskStory>();

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#tokens = cloud.store.collection<TokenRecord>("sfn.tokens");
    this.#offers = cloud.store.collection<ActivityTaskRecord>("sfn.activity-tasks");
  }

  /** Makes a token known. Doing it again, after a restart, changes nothing. */
  open(run: WaitingRun, token: string, heartbeatSeconds: number | undefined, activityArn?: string): void {
    if (this.#tokens.get(token) !== undefined) return;
    this.#tokens.put(token, {
      token,
      executionArn: run.execution.arn,
      beatAtMs: this.#cloud.clock.now(),
      ...(activityArn !== undefined && { activityArn }),
      ...(heartbeatSeconds !== undefined && { heartbeatMs: heartbeatSeconds * 1000 }),
    });
  }

  /** What policies name for a token: its activity, or else the state machine of its execution. */
  resourceOf(token: string): string | undefined {
    const { activityArn, executionArn } = this.#tokens.get(token) ?? {};
    const [, , , region, account, , machine = ""] = executionArn?.split(":") ?? [];
    if (executionArn === undefined) return undefined;
    return activityArn ?? `arn:aws:states:${region}:${account}:stateMachine:${machine.split("/")[0]}`;
  }

  /** Waits for what comes in under a token; silence beyond the heartbeat fails it. */
  async result(run: WaitingRun, token: string, limits: WaitLimits): Promise<TaskResult> {
    for (;;) {
      const record = this.#tokens.get(token);
      if (record?.result !== undefined) {
        this.#tokens.delete(token);
        this.#stories.delete(token);
        return record.result;
      }
      const beatAtMs = record?.beatAtMs ?? this.#cloud.clock.now();
      const dueMs = limits.heartbeatSeconds === undefined ? undefined : beatAtMs + limits.heartbeatSeconds * 1000;
      if (dueMs !== undefined && dueMs <= this.#cloud.clock.now()) {
        this.#forget(token);
        throw new HeartbeatError();
      }
      await this.#news(run, token, dueMs).catch((error: unknown) => {
        if (!(error instanceof Interrupted && error.why === "shutdown")) this.#forget(token);
        throw error;
      });
    }
  }

  /** The wait has ended: late results are refused, and workers do not receive the task. */
  #forget(token: string): void {
    this.#tokens.delete(token);
    if (!this.#stories.delete(token)) return;
    for (const [key, task] of this.#offers.list()) if (task.token === token) this.#offers.delete(key);
  }

  /** Puts an activity's task out for workers and waits for its result. */
  offer(run: WaitingRun, { activityArn, input, at, story, heartbeatSeconds }: Offer): Promise<TaskResult> {
    const known = run.journal.recall<string>(`${at}:offer`)?.value;
    const token = known ?? run.journal.record(`${at}:offer`, randomBytes(96).toString("base64"));
    this.#stories.set(token, story);
    if (known === undefined) {
      this.open(run, token, heartbeatSeconds, activityArn);
      this.#offers.put(`${activityArn}/${String(this.#cloud.clock.now()).padStart(16, "0")}/${token}`, {
        activityArn,
        token,
        input,
      });
      this.#tell(activityArn);
    }
    return this.result(run, token, heartbeatSeconds === undefined ? {} : { heartbeatSeconds });
  }

  /** Gives a worker the oldest task, waiting up to a minute for one. */
  async take(
    activityArn: string,
    workerName: string | undefined,
    signal: AbortSignal,
  ): Promise<ActivityTaskRecord | undefined> {
    const endMs = performance.now() + 60_000;
    for (;;) {
      const [first] = this.#offers.list(`${activityArn}/`);
      if (first !== undefined) {
        const [key, task] = first;
        this.#offers.delete(key);
        this.#stories.get(task.token)?.taken(workerName);
        this.heartbeat(task.token);
        return task;
      }
      const leftMs = endMs - performance.now();
      if (leftMs <= 0 || signal.aborted) return undefined;
      await this.#arrival(activityArn, leftMs, signal);
    }
  }

  settle(token: string, result: TaskResult): void {
    this.#tokens.put(token, { ...this.#find(token), result });
    this.#tell(token);
  }

  heartbeat(token: string): void {
    this.#tokens.put(token, { ...this.#find(token), beatAtMs: this.#cloud.clock.now() });
    this.#tell(token);
  }

  #find(token: string): TokenRecord {
    const record = this.#tokens.get(token);
    if (record === undefined || record.result !== undefined) {
      throw new AwsError("TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'");
    }
    return record;
  }

  #news(run: WaitingRun, name: string, dueMs: number | undefined): Promise<void> {
    return unlessInterrupted<void>(run.signal, (resolve) => {
      const stop = this.#await(name, resolve);
      const cancel =
        dueMs === undefined
          ? undefined
          : this.#cloud.clock.at(dueMs, () => {
              stop();
              resolve();
            });
      return () => {
        stop();
        cancel?.();
      };
    });
  }

  #arrival(name: string, withinMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        stop();
        signal.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, withinMs);
      timer.unref();
      const stop = this.#await(name, end);
      signal.addEventListener("abort", end, { once: true });
    });
  }

  #await(name: string, wake: () => void): () => void {
    const waiting = this.#waiting.get(name) ?? new Set();
    this.#waiting.set(name, waiting.add(wake));
    return () => {
      waiting.delete(wake);
      if (waiting.size === 0) this.#waiting.delete(name);
    };
  }

  #tell(name: string): void {
    const waiting = [...(this.#waiting.get(name) ?? [])];
    this.#waiting.delete(name);
    for (const wake of waiting) wake();
  }
}
