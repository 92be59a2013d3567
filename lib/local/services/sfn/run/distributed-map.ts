import { getKnown } from "../../../../util/get-known.ts";
import { concurrencyOf, itemsOf, notItems } from "./map-settings.ts";
import type { ChildOutcome } from "../records.ts";
import { Interrupted } from "./interruption.ts";
import { randomUUID } from "node:crypto";
import type { AslBranch } from "../../../../util/asl/definition.ts";
import { effectiveInput, leave } from "./data-flow.ts";
import { inRole } from "./in-role.ts";
import { type ChildInput, buildInputs } from "./item-batches.ts";
import { type MapValue, notNumber, planReading, readItems, tryMapValues } from "./item-reader.ts";
import { type MapRunPlan, runChildren } from "./map-run.ts";
import { planWriting, transform, type WriterPlan, writeResults } from "./result-writer.ts";
import { type Attempt, inState, numericSetting, type StateResult } from "./scope.ts";
import { MapSettingError, StatesError } from "./states-error.ts";

/** Runs its processor in executions of its own, one for each item or batch: a Map Run. */
export async function runDistributedMap(attempt: Attempt, processor: AslBranch): Promise<StateResult> {
  const { run, state, frame, key } = attempt;
  const { journal } = run;
  const at = `${key}:${attempt.attempt}`;
  const given = state["ItemReader"] === undefined ? await givenValues(attempt) : undefined;
  const started = journal.emit(`${at}:started`, "MapStateStarted", frame.last, {
    mapStateStartedEventDetails: { length: given?.length ?? 0 },
  });
  frame.last = started;
  const reading = await planReading(attempt);
  const writing = await planWriting(attempt);
  const plan = await planRun(attempt, processor, at);
  frame.last = journal.emit(`${at}:run-started`, "MapRunStarted", started, {
    mapRunStartedEventDetails: { mapRunArn: plan.arn },
  });
  const { redriveCount } = run.execution;
  if (redriveCount > 0 && run.mapRuns.get(plan.arn) !== undefined) {
    frame.last = journal.emit(`${at}:run-redriven:${redriveCount}`, "MapRunRedriven", frame.last, {
      mapRunRedrivenEventDetails: { mapRunArn: plan.arn, redriveCount },
    });
  }
  try {
    await requireStart(attempt);
    const inputs = await onceKept(attempt, `${at}:inputs`, async () =>
      buildInputs(attempt, given ?? (await readItems(attempt, reading!))),
    );
    const output = await carryOut(attempt, plan, inputs, writing);
    frame.last = journal.emit(`${at}:run-ended`, "MapRunSucceeded", frame.last);
    journal.emit(`${at}:succeeded`, "MapStateSucceeded", frame.last);
    return await leave(attempt, output);
  } catch (error) {
    if (error instanceof StatesError && run.mapRuns.get(plan.arn)?.status !== "SUCCEEDED")
      tellFailed(attempt, plan, error);
    if (error instanceof Interrupted && error.why !== "shutdown") tellAborted(attempt, plan);
    throw error;
  }
}

/** Children are started in the machine's role: https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html */
async function requireStart({ run }: Attempt): Promise<void> {
  const { as, region } = inRole(run);
  const input = { stateMachineArn: run.execution.machineArn };
  const denial = as && (await run.cloud.findDenial("sfn", "StartExecution", input, { region, as }));
  if (denial !== undefined) throw new StatesError("StepFunctions.AWSStepFunctionsException", denial);
}

async function carryOut(
  attempt: Attempt,
  plan: MapRunPlan,
  inputs: readonly ChildInput[],
  writing: WriterPlan,
): Promise<unknown> {
  const { run } = attempt;
  const outcomes: ChildOutcome[] = [];
  let failure: unknown;
  try {
    await runChildren(attempt, plan, inputs, outcomes);
  } catch (error) {
    if (!(error instanceof StatesError) || writing.location === undefined) throw error;
    failure = error;
  }
  // What came out is exported even where the run failed.
  const written = outcomes.filter((outcome) => outcome !== undefined);
  const output =
    writing.location === undefined
      ? transform(written, writing)
      : await writeResults(attempt, plan.arn, written, writing);
  if (failure !== undefined) throw failure as Error;
  const { succeeded } = getKnown(run.mapRuns, plan.arn).executions;
  run.mapRuns.close(plan.arn, "SUCCEEDED", run.cloud.clock.now(), succeeded);
  return output;
}

function tellFailed({ run, frame, key, attempt }: Attempt, { arn }: MapRunPlan, { error, cause }: StatesError): void {
  if (run.mapRuns.get(arn) !== undefined) run.mapRuns.close(arn, "FAILED", run.cloud.clock.now());
  frame.last = run.journal.emit(`${key}:${attempt}:run-ended`, "MapRunFailed", frame.last, {
    mapRunFailedEventDetails: { error, ...(cause !== undefined && { cause }) },
  });
}

function tellAborted({ run, frame, key, attempt }: Attempt, { arn }: MapRunPlan): void {
  if (run.mapRuns.get(arn) !== undefined) run.mapRuns.close(arn, "ABORTED", run.cloud.clock.now());
  frame.last = run.journal.emit(`${key}:${attempt}:run-ended`, "MapRunAborted", frame.last);
}

/** The items that the state was given itself: an array, or an object's members. */
async function givenValues(attempt: Attempt): Promise<readonly MapValue[]> {
  const items = await itemsOf(attempt);
  const values = tryMapValues(items);
  if (values === undefined) throw notItems(attempt, items);
  return values;
}

/** What was read once is not read again after a restart: it may have changed. */
async function onceKept<T>({ run }: Attempt, key: string, work: () => Promise<T>): Promise<T> {
  const known = run.journal.recall<T>(key);
  return known === undefined ? run.journal.record(key, await work()) : known.value;
}

async function planRun(attempt: Attempt, processor: AslBranch, at: string): Promise<MapRunPlan> {
  const { run, state, frame } = attempt;
  const { execution } = run;
  const maxConcurrency = await concurrencyOf(attempt);
  const toleratedFailureCount = await toleratedCount(attempt);
  const toleratedFailurePercentage = await toleratedPercentage(attempt);
  const { id, label } = await onceKept(attempt, `${at}:run`, () =>
    Promise.resolve({ id: randomUUID(), label: state.Label ?? randomUUID() }),
  );
  const [, , , region, account] = execution.machineArn.split(":");
  return {
    arn: `arn:aws:states:${region}:${account}:mapRun:${execution.machineName}/${label}:${id}`,
    at,
    machineArn: `${execution.machineArn}/${label}`,
    machineName: `${execution.machineName}/${label}`,
    type: processor.ProcessorConfig?.ExecutionType === "EXPRESS" ? "EXPRESS" : "STANDARD",
    definition: JSON.stringify({ QueryLanguage: frame.language, ...processor }),
    maxConcurrency,
    toleratedFailureCount,
    toleratedFailurePercentage,
  };
}

async function toleratedCount(attempt: Attempt): Promise<number> {
  const count = (await numericSetting(attempt, attempt.state, "ToleratedFailureCount", effectiveInput(attempt))) ?? 0;
  if (typeof count !== "number" || !Number.isInteger(count)) {
    throw new MapSettingError(inState(attempt, notNumber("ToleratedFailureCount", "integer", count, attempt.state)));
  }
  if (count < 0) throw new MapSettingError(inState(attempt, "ToleratedFailureCount cannot be negative."));
  return count;
}

async function toleratedPercentage(attempt: Attempt): Promise<number> {
  const percentage =
    (await numericSetting(attempt, attempt.state, "ToleratedFailurePercentage", effectiveInput(attempt))) ?? 0;
  if (typeof percentage !== "number") {
    throw new MapSettingError(
      inState(attempt, notNumber("ToleratedFailurePercentage", "float", percentage, attempt.state)),
    );
  }
  if (percentage >= 0 && percentage <= 100) return percentage;
  throw new MapSettingError(inState(attempt, "ToleratedFailurePercentage must be between 0 and 100."));
}
