import { dataOf } from "./event-data.ts";
import { Interrupted } from "./interruption.ts";
import type { MapRuns } from "../map-run-store.ts";
import { errorStack, errorText } from "../../../kit/error-text.ts";
import type { Cloud } from "../../../service.ts";
import type { AslBranch } from "../../../../util/asl/definition.ts";
import type { EvaluationLog } from "../expressions/evaluation-log.ts";
import type { Expressions } from "../expressions/expressions.ts";
import type { ExecutionStore } from "../execution-store.ts";
import type { ExecutionLog } from "../execution-log.ts";
import type { ExecutionRecord } from "../records.ts";
import type { TaskDesk } from "../task-desk.ts";
import { REDRIVABLE_FOR_MS, redriven, reopenSteps } from "../redrive.ts";
import { runBranch } from "./run-branch.ts";
import { type KeptEvent, PassingJournal, type RunJournal, StoredJournal } from "./run-journal.ts";
import type { Frame, Run } from "./run.ts";
import { FailStateError } from "./simple-states.ts";
import { StatesError } from "./states-error.ts";

interface Running {
  readonly controller: AbortController;
  readonly ended: Promise<ExecutionRecord>;
  stopWords?: { readonly error?: string | undefined; readonly cause?: string | undefined };
}

/** What the runner needs around it. */
export interface RunnerParts {
  readonly cloud: Cloud;
  readonly executions: ExecutionStore;
  readonly desk: TaskDesk;
  readonly log: ExecutionLog;
  readonly mapRuns: MapRuns;
  readonly expressions: Expressions;
  readonly evaluations: EvaluationLog;
  /** Called with every change of an execution's status. */
  readonly onStatus: (record: ExecutionRecord) => void;
}

/** Runs executions, and takes them up again after a restart. */
export class Runner {
  readonly #parts: RunnerParts;
  readonly #running = new Map<string, Running>();

  constructor(parts: RunnerParts) {
    this.#parts = parts;
  }

  /** Starts, or resumes, an execution. Its record is in the store already. */
  start(record: ExecutionRecord): Promise<ExecutionRecord> {
    const running = this.#running.get(record.arn);
    if (running !== undefined) return running.ended;
    const controller = new AbortController();
    const ended = this.#run(record, controller).finally(() => this.#running.delete(record.arn));
    ended.catch((error: unknown) => {
      if (!isShutdown(error)) this.#parts.cloud.log(`sfn: ${record.arn}: ${String(error)}`);
    });
    this.#running.set(record.arn, { controller, ended });
    return ended;
  }

  /** Runs a child of an execution, or joins it where it runs already or is over. */
  async #child(record: ExecutionRecord, signal: AbortSignal, redrives: boolean): Promise<ExecutionRecord> {
    signal.throwIfAborted();
    const { executions } = this.#parts;
    const known = record.type === "STANDARD" ? executions.get(record.arn) : undefined;
    if (known !== undefined && known.status !== "RUNNING") {
      if (!redrives || known.status === "SUCCEEDED") return known;
      return this.start(this.redrive(known));
    }
    if (known === undefined && record.type === "STANDARD") executions.put(record);
    const stop = () => void (isShutdown(signal.reason) || this.stop(record.arn, {}));
    signal.addEventListener("abort", stop, { once: true });
    try {
      return await this.start(known ?? record);
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  /** Runs what ended without success on, from where it failed. */
  redrive(before: ExecutionRecord): ExecutionRecord {
    const { cloud, executions, onStatus } = this.#parts;
    const record = redriven(before, cloud.clock.now());
    reopenSteps(executions, record);
    executions.put(record);
    const [last] = executions.events(record.arn, Number.MAX_SAFE_INTEGER, 1, true);
    this.#journal(record).emit(`redriven:${record.redriveCount}`, "ExecutionRedriven", last?.id ?? 0, {
      executionRedrivenEventDetails: { redriveCount: record.redriveCount },
    });
    onStatus(record);
    void this.start(record);
    return record;
  }

  /** Resumes executions that ran when the cloud was stopped or killed. */
  resume(): void {
    const { cloud, executions, evaluations } = this.#parts;
    executions.forgetOldSteps(cloud.clock.now() - REDRIVABLE_FOR_MS);
    const deadly = evaluations.takeUp();
    for (const record of executions.running()) {
      if (deadly.has(record.arn)) this.#close(this.#fail(record, DEADLY));
      else void this.start(record);
    }
  }

  /** Ends an execution from outside, and answers once it is over. */
  async stop(arn: string, words: NonNullable<Running["stopWords"]>): Promise<void> {
    const running = this.#running.get(arn);
    if (running === undefined) return;
    running.stopWords = words;
    running.controller.abort(new Interrupted("aborted"));
    await running.ended;
  }

  /** Ends every run without ending its execution. */
  async shutdown(): Promise<void> {
    const all = [...this.#running.values()];
    for (const { controller } of all) controller.abort(new Interrupted("shutdown"));
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  /** However the interpreter ends, the execution ends: none stays RUNNING. */
  async #run(record: ExecutionRecord, controller: AbortController): Promise<ExecutionRecord> {
    let ended: ExecutionRecord;
    try {
      ended = await this.#interpret(record, controller);
    } catch (error) {
      if (isShutdown(error)) throw error;
      ended = this.#fail(record, broken(this.#parts.cloud, record, error));
    }
    this.#close(ended);
    return ended;
  }

  async #interpret(record: ExecutionRecord, controller: AbortController): Promise<ExecutionRecord> {
    const journal = this.#journal(record);
    const run = this.#runOf(record, journal, controller.signal);
    const definition = JSON.parse(record.definition) as AslBranch;
    const { QueryLanguage: language = "JSONPath", TimeoutSeconds } = definition;
    const frame: Frame = { path: "", last: 0, variables: {}, language };
    const input: unknown = JSON.parse(record.input);
    journal.emit("started", "ExecutionStarted", 0, {
      executionStartedEventDetails: { ...dataOf("input", input), roleArn: record.roleArn, ...aliasesOf(record) },
    });
    const cancelTimeout = this.#armTimeout(record, TimeoutSeconds, controller);
    try {
      // Started on a later turn, so that the caller has its answer first.
      await new Promise((resolve) => setImmediate(resolve));
      controller.signal.throwIfAborted();
      const output = await runBranch(run, definition, input, frame);
      return this.#succeeded(record, journal, frame, output);
    } catch (error) {
      return this.#ended(record, journal, frame, error);
    } finally {
      cancelTimeout?.();
    }
  }

  #runOf(record: ExecutionRecord, journal: RunJournal, signal: AbortSignal): Run {
    const { cloud, desk, mapRuns, expressions, evaluations } = this.#parts;
    return {
      cloud,
      execution: record,
      journal,
      desk,
      signal,
      mapRuns,
      child: (child, signal, redrives) => this.#child(child, signal, redrives),
      runBranch,
      whenEnded: (arn) => this.#running.get(arn)?.ended,
      durable: () => cloud.store.durable(),
      evaluate: (value, scope, field) => evaluations.during(record.arn, () => expressions.fill(value, scope, field)),
    };
  }

  /** Express executions leave nothing behind; standard ones their record and history. */
  #close(ended: ExecutionRecord): void {
    const { executions, onStatus } = this.#parts;
    if (ended.type === "EXPRESS") executions.forget(ended.arn);
    else executions.put(ended);
    onStatus(ended);
    if (ended.type === "EXPRESS") return;
    // What ended without success may be redriven.
    if (ended.status === "SUCCEEDED") executions.forgetSteps(ended.arn);
  }

  #journal(record: ExecutionRecord): RunJournal {
    const { cloud, log } = this.#parts;
    const tell = (event: KeptEvent) => log.tell(record, event);
    if (record.type === "STANDARD") return new StoredJournal(cloud, record.arn, tell);
    return new PassingJournal(() => cloud.clock.now(), tell);
  }

  #armTimeout({ startedMs, redrivenMs }: ExecutionRecord, seconds: number | undefined, controller: AbortController) {
    if (seconds === undefined) return undefined;
    const dueMs = (redrivenMs ?? startedMs) + seconds * 1000;
    return this.#parts.cloud.clock.at(dueMs, () => controller.abort(new Interrupted("timedOut")));
  }

  #succeeded(record: ExecutionRecord, journal: RunJournal, frame: Frame, output: unknown): ExecutionRecord {
    journal.emit("ended", "ExecutionSucceeded", frame.last, {
      executionSucceededEventDetails: dataOf("output", output),
    });
    return {
      ...record,
      status: "SUCCEEDED",
      stoppedMs: this.#parts.cloud.clock.now(),
      output: JSON.stringify(output) ?? "null",
    };
  }

  /** Fails an execution from outside its interpretation. Its history says so as far as it can be written. */
  #fail(record: ExecutionRecord, { error, cause }: StatesError): ExecutionRecord {
    const words = withoutEmpty({ error, cause });
    try {
      const [last] = this.#parts.executions.events(record.arn, Number.MAX_SAFE_INTEGER, 1, true);
      this.#journal(record).emit("ended", "ExecutionFailed", last?.id ?? 0, { executionFailedEventDetails: words });
    } catch (broken) {
      this.#parts.cloud.log(`sfn: the history of ${record.arn} cannot be ended: ${String(broken)}`);
    }
    return { ...record, status: "FAILED", stoppedMs: this.#parts.cloud.clock.now(), ...words };
  }

  #ended(record: ExecutionRecord, journal: RunJournal, frame: Frame, error: unknown): ExecutionRecord {
    const stoppedMs = this.#parts.cloud.clock.now();
    if (error instanceof Interrupted) {
      if (error.why === "shutdown") throw error;
      if (error.why === "timedOut") {
        journal.emit("ended", "ExecutionTimedOut", 0, { executionTimedOutEventDetails: {} });
        return { ...record, status: "TIMED_OUT", stoppedMs };
      }
      const words = withoutEmpty(this.#running.get(record.arn)?.stopWords ?? {});
      journal.emit("ended", "ExecutionAborted", 0, { executionAbortedEventDetails: words });
      return { ...record, status: "ABORTED", stoppedMs, ...words };
    }
    const { error: name, cause } = error instanceof StatesError ? error : broken(this.#parts.cloud, record, error);
    const named = !(error instanceof FailStateError) || error.named;
    const words = withoutEmpty({ error: named ? name : undefined, cause });
    journal.emit("ended", "ExecutionFailed", frame.last, { executionFailedEventDetails: words });
    return { ...record, status: "FAILED", stoppedMs, ...words };
  }
}

/** What the history says of an execution that took the cloud with it. The words are ours. */
const DEADLY = new StatesError(
  "States.Runtime",
  "The local cloud ended three times while it evaluated an expression of this execution, which is not tried again.",
);

function isShutdown(error: unknown): boolean {
  return error instanceof Interrupted && error.why === "shutdown";
}

/** The interpreter's own fault must not leave an execution that runs for ever. */
function broken(cloud: Cloud, { arn }: ExecutionRecord, error: unknown): StatesError {
  cloud.log(`sfn: ${arn} broke: ${errorStack(error)}`);
  return new StatesError("States.Runtime", errorText(error));
}

function aliasesOf({ aliasArn, versionArn }: ExecutionRecord): object {
  return {
    ...(aliasArn !== undefined && { stateMachineAliasArn: aliasArn }),
    ...(versionArn !== undefined && { stateMachineVersionArn: versionArn }),
  };
}

function withoutEmpty(words: { error?: string | undefined; cause?: string | undefined }): {
  error?: string;
  cause?: string;
} {
  return {
    ...(words.error !== undefined && { error: words.error }),
    ...(words.cause !== undefined && { cause: words.cause }),
  };
}
