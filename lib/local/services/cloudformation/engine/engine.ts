import { HaltedError } from "./failure.ts";
import { PHASES } from "./phases.ts";
import { StackRun, type EngineParts } from "./stack-run.ts";
import type { StackRecord } from "../model.ts";

/** Whether there is something to do for a stack now. A nested one that is held waits for the outer one. */
export function isUnderWay(stack: StackRecord): boolean {
  return stack.operation !== undefined && stack.operation.phase !== "held" && stack.status.endsWith("_IN_PROGRESS");
}

/** Carries out operations on stacks, one at a time for each stack, and resumes those that a stop interrupted. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #runs = new Map<string, { run: StackRun; done: Promise<void> }>();
  #stopped = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  /** Begins the operation that is written in the stack, behind the one that is ending. */
  begin(stack: StackRecord): void {
    const previous = this.#runs.get(stack.uuid);
    const run = new StackRun(this.#parts, stack);
    const done = (previous?.done ?? Promise.resolve())
      .then(() => this.#drive(run))
      .catch((error: unknown) => this.#log(stack, error));
    const entry = { run, done };
    this.#runs.set(stack.uuid, entry);
    void done.finally(() => {
      if (this.#runs.get(stack.uuid) === entry) this.#runs.delete(stack.uuid);
    });
  }

  /** Ends the waiting of the operation under way; it then goes the way of a failure. */
  cancel(stack: StackRecord): void {
    this.#runs.get(stack.uuid)?.run.cancel();
  }

  /** Resolves when no operation of the stack is under way. */
  async settled(stack: StackRecord): Promise<void> {
    for (let entry = this.#runs.get(stack.uuid); entry; entry = this.#runs.get(stack.uuid)) await entry.done;
  }

  /** Resumes everything that was under way when the cloud was stopped or killed. */
  resumeAll(): void {
    for (const stack of this.#parts.store.listAll()) {
      if (isUnderWay(stack) && stack.parentId === undefined) this.begin(stack);
    }
  }

  /** Stops without ending anything: the next start resumes it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const entries = [...this.#runs.values()];
    for (const { run } of entries) run.halt();
    await Promise.all(entries.map(({ done }) => done));
  }

  async #drive(run: StackRun): Promise<void> {
    try {
      while (!this.#stopped && isUnderWay(run.stack)) {
        await PHASES[run.operation.phase](run);
      }
    } catch (error) {
      if (error instanceof HaltedError) return;
      this.#giveUp(run, error);
    }
  }

  /** A fault of the engine itself must not leave a stack in progress for ever. */
  #giveUp(run: StackRun, error: unknown): void {
    const { stack } = run;
    this.#log(stack, error);
    const status = stack.status.startsWith("UPDATE_ROLLBACK")
      ? "UPDATE_ROLLBACK_FAILED"
      : stack.status.startsWith("ROLLBACK")
        ? "ROLLBACK_FAILED"
        : stack.status.startsWith("DELETE")
          ? "DELETE_FAILED"
          : stack.status.startsWith("UPDATE")
            ? "UPDATE_FAILED"
            : "CREATE_FAILED";
    const isContinuable = status === "UPDATE_ROLLBACK_FAILED";
    if (!isContinuable) stack.operation = undefined;
    run.setStatus(status, `Internal Failure: ${error instanceof Error ? error.message : String(error)}`);
  }

  #log(stack: StackRecord, error: unknown): void {
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.cloud.log(`cloudformation: ${stack.name}: ${detail}`);
  }
}
