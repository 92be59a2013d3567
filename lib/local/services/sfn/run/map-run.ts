import { getKnown } from "../../../../util/get-known.ts";
import { Interrupted } from "./interruption.ts";
import type { ChildStatus } from "../map-run-store.ts";
import { randomUUID } from "node:crypto";
import type { StateMachineType } from "@aws-sdk/client-sfn";
import type { ExecutionRecord, MapRunRecord, ChildOutcome } from "../records.ts";
import type { ChildInput } from "./item-batches.ts";
import type { Attempt } from "./scope.ts";
import { StatesError } from "./states-error.ts";

/** What all children of a Map Run have in common. */
export interface MapRunPlan {
  readonly arn: string;
  readonly at: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly type: StateMachineType;
  readonly definition: string;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
}

/** AWS runs up to 10,000 children side by side. */
const MOST_AT_ONCE = 1_000;

/**
 * Runs a child for each input and puts how it ended at its place in `outcomes`. Rejects once more failed than is
 * tolerated; those that still run are called off then.
 */
export async function runChildren(
  attempt: Attempt,
  plan: MapRunPlan,
  inputs: readonly ChildInput[],
  outcomes: ChildOutcome[],
): Promise<void> {
  const { run } = attempt;
  run.mapRuns.open({
    arn: plan.arn,
    executionArn: run.execution.arn,
    machineArn: plan.machineArn,
    startedMs: run.cloud.clock.now(),
    maxConcurrency: plan.maxConcurrency,
    toleratedFailureCount: plan.toleratedFailureCount,
    toleratedFailurePercentage: plan.toleratedFailurePercentage,
    totalExecutions: inputs.length,
    totalItems: inputs.reduce((sum, { items }) => sum + items, 0),
  });
  const pool = new ChildPool(inputs.length, {
    most: () => getKnown(run.mapRuns, plan.arn).maxConcurrency || MOST_AT_ONCE,
    work: async (index, signal) => {
      outcomes[index] = await runChild(attempt, plan, inputs[index]!, index, signal);
      if (isTooMuch(getKnown(run.mapRuns, plan.arn))) throw tooMuch();
    },
  });
  const unwatch = run.mapRuns.watch(plan.arn, () => pool.fill());
  try {
    await pool.run(run.signal);
  } finally {
    unwatch();
  }
}

interface PoolWork {
  /** How many at once; may change on the way. */
  most(): number;
  work(index: number, signal: AbortSignal): Promise<void>;
}

/** Processes items concurrently; the first failure cancels the rest. */
class ChildPool {
  readonly #count: number;
  readonly #work: PoolWork;
  readonly #siblings = new AbortController();
  readonly #done = Promise.withResolvers<void>();
  #signal = this.#siblings.signal;
  #next = 0;
  #running = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(count: number, work: PoolWork) {
    this.#count = count;
    this.#work = work;
  }

  run(signal: AbortSignal): Promise<void> {
    this.#signal = AbortSignal.any([signal, this.#siblings.signal]);
    this.fill();
    return this.#done.promise;
  }

  fill(): void {
    const most = Math.min(this.#work.most(), MOST_AT_ONCE);
    while (this.#next < this.#count && this.#running < most && this.#failure === undefined) {
      this.#running++;
      void this.#one(this.#next++);
    }
    if (this.#running > 0) return;
    if (this.#failure === undefined) this.#done.resolve();
    else this.#done.reject(this.#failure.error);
  }

  async #one(index: number): Promise<void> {
    try {
      await this.#work.work(index, this.#signal);
    } catch (error) {
      this.#failure ??= { error };
      this.#siblings.abort(new Interrupted("sibling"));
    }
    this.#running--;
    this.fill();
  }
}

function tooMuch(): StatesError {
  return new StatesError(
    "States.ExceedToleratedFailureThreshold",
    "The specified tolerated failure threshold was exceeded",
  );
}

async function runChild(
  attempt: Attempt,
  plan: MapRunPlan,
  input: ChildInput,
  index: number,
  signal: AbortSignal,
): Promise<ChildOutcome> {
  const { run } = attempt;
  const key = `${plan.at}.${index}`;
  run.mapRuns.count(plan.arn, input.items, "running");
  const known = run.journal.recall<ChildOutcome>(`${key}:outcome`)?.value;
  const outcome =
    known ??
    run.journal.record(
      `${key}:outcome`,
      outcomeOf(await run.child(childRecord(attempt, plan, input, key), signal, redrives(attempt, key))),
    );
  run.mapRuns.count(plan.arn, input.items, STATUSES[outcome.status]!, "running");
  return outcome;
}

/** The child failed before, and its parent is redriven. */
function redrives({ run }: Attempt, key: string): boolean {
  return run.journal.recall(`${key}:redrive`) !== undefined;
}

const STATUSES: Readonly<Partial<Record<ExecutionRecord["status"], ChildStatus>>> = {
  SUCCEEDED: "succeeded",
  FAILED: "failed",
  TIMED_OUT: "timedOut",
  ABORTED: "aborted",
};

function childRecord({ run }: Attempt, plan: MapRunPlan, input: ChildInput, key: string): ExecutionRecord {
  const { execution, journal } = run;
  const name = journal.recall<string>(`${key}:child`)?.value ?? journal.record(`${key}:child`, randomUUID());
  const kind = plan.type === "EXPRESS" ? "express" : "execution";
  const base = plan.machineArn.replace(":stateMachine:", `:${kind}:`);
  return {
    arn: plan.type === "EXPRESS" ? `${base}:${name}:${randomUUID()}` : `${base}:${name}`,
    region: execution.region,
    name,
    machineArn: plan.machineArn,
    machineName: plan.machineName,
    type: plan.type,
    definition: plan.definition,
    ...(execution.revisionId !== undefined && { revisionId: execution.revisionId }),
    roleArn: execution.roleArn,
    loggingConfiguration: execution.loggingConfiguration,
    input: input.text,
    status: "RUNNING",
    startedMs: run.cloud.clock.now(),
    redriveCount: 0,
    mapRunArn: plan.arn,
    itemCount: input.items,
  };
}

function outcomeOf(record: ExecutionRecord): ChildOutcome {
  const { arn, name, status, input, output, error, cause, startedMs, stoppedMs, machineArn } = record;
  return {
    arn,
    name,
    status,
    input,
    machineArn,
    startedMs,
    ...(stoppedMs !== undefined && { stoppedMs }),
    ...(output !== undefined && { output }),
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}

/** Zero means "not set"; where neither limit is set, no failure is tolerated. */
function isTooMuch({ items, totalItems, toleratedFailureCount, toleratedFailurePercentage }: MapRunRecord): boolean {
  const failed = items.failed + items.timedOut + items.aborted;
  if (toleratedFailureCount === 0 && toleratedFailurePercentage === 0) return failed > 0;
  if (toleratedFailureCount > 0 && failed > toleratedFailureCount) return true;
  return toleratedFailurePercentage > 0 && (failed / totalItems) * 100 > toleratedFailurePercentage;
}
