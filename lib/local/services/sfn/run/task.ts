import type { TaskStory } from "./event-data.ts";
import { Interrupted, unlessInterrupted } from "./interruption.ts";
import { randomBytes } from "node:crypto";
import type { TaskResult } from "../records.ts";
import { argumentsOf, effectiveInput, leave, noted } from "./data-flow.ts";
import { callFunction } from "./function-task.ts";
import { callIntegration } from "./integrations.ts";
import { readResource, type TaskResource } from "./resource.ts";
import { type Attempt, fill, setting, type StateResult } from "./scope.ts";
import { HeartbeatError, runtimeError, StatesError } from "./states-error.ts";
import { tellTask, type TaskLimits } from "./task-story.ts";

/** Runs a task once: its input is fixed, then it is started, and its result is stored before it is reported. */
export async function runTask(attempt: Attempt): Promise<StateResult> {
  const resource = readResource(await resourceOf(attempt), attempt.run.execution.region);
  const at = `${attempt.key}:${attempt.attempt}`;
  const { journal } = attempt.run;
  const withToken = resource.waitsForToken ? { ...attempt, token: tokenOf(attempt, at) } : attempt;
  const given = journal.recall<unknown>(`${at}:given`) ?? {
    value: journal.record(`${at}:given`, await argumentsOf(withToken)),
  };
  const limits = await limitsOf(attempt);
  const story = tellTask(withToken, resource, given.value, limits, at);
  const begunMs =
    journal.recall<number>(`${at}:startedMs`)?.value ??
    journal.record(`${at}:startedMs`, attempt.run.cloud.clock.now());
  const known = journal.recall<TaskResult>(`${at}:result`)?.value;
  const result =
    known ??
    journal.record(`${at}:result`, await perform(withToken, resource, given.value, story, { at, begunMs, ...limits }));
  if ("output" in result) {
    story.succeeded(result.output);
    return leave(attempt, noted(attempt, "result", JSON.parse(result.output) as unknown));
  }
  const error = "silent" in result ? new HeartbeatError() : new StatesError(result.error ?? "", result.cause);
  story.failed(error);
  throw error;
}

interface TaskRun extends TaskLimits {
  readonly at: string;
  readonly begunMs: number;
}

async function resourceOf(attempt: Attempt): Promise<string> {
  const { Resource } = attempt.state;
  if (attempt.language === "JSONPath") return String(Resource);
  return String(await fill(attempt, "Resource", attempt.input));
}

async function limitsOf(attempt: Attempt): Promise<TaskLimits> {
  const input = effectiveInput(attempt);
  const timeout = await setting(attempt, "TimeoutSeconds", input);
  const heartbeat = await setting(attempt, "HeartbeatSeconds", input);
  return {
    ...(timeout !== undefined && { timeoutSeconds: secondsOf(timeout, "TimeoutSeconds") }),
    ...(heartbeat !== undefined && { heartbeatSeconds: secondsOf(heartbeat, "HeartbeatSeconds") }),
  };
}

function secondsOf(value: unknown, field: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value > 0) return value;
  throw runtimeError(`${field} must be a whole number of seconds above 0, got ${JSON.stringify(value)}`);
}

function tokenOf({ run }: Attempt, at: string): string {
  const known = run.journal.recall<string>(`${at}:token`)?.value;
  return known ?? run.journal.record(`${at}:token`, randomBytes(96).toString("base64"));
}

async function perform(
  attempt: Attempt,
  resource: TaskResource,
  given: unknown,
  story: TaskStory,
  task: TaskRun,
): Promise<TaskResult> {
  try {
    return await beforeDeadline(attempt, task, (within) => carryOut(within, resource, given, story, task));
  } catch (error) {
    if (error instanceof HeartbeatError) return { silent: true, error: error.error, cause: undefined };
    if (error instanceof StatesError) return { error: error.error, cause: error.cause };
    throw error;
  }
}

async function carryOut(
  attempt: Attempt,
  resource: TaskResource,
  given: unknown,
  story: TaskStory,
  task: TaskRun,
): Promise<TaskResult> {
  const { run, token, trial } = attempt;
  if (trial?.mock !== undefined) return trial.mock;
  if (resource.kind === "activity") {
    return run.desk.offer(attempt.run, {
      activityArn: resource.arn,
      input: JSON.stringify(given),
      story,
      ...task,
    });
  }
  if (token !== undefined) run.desk.open(run, token, task.heartbeatSeconds);
  if (!(story.wasSubmitted && token !== undefined)) {
    await run.durable();
    const output =
      resource.kind === "function"
        ? await callFunction(attempt, resource, given)
        : await callIntegration(attempt, resource, given, task.at, story);
    if (token === undefined) return { output: JSON.stringify(output) ?? "null" };
    story.submitted(output);
  }
  return run.desk.result(run, token, task);
}

/** Settles as `work` does, unless the task's time is over first: then it is called off. */
async function beforeDeadline<T>(attempt: Attempt, task: TaskRun, work: (within: Attempt) => Promise<T>): Promise<T> {
  const { run } = attempt;
  if (task.timeoutSeconds === undefined) {
    return unlessInterrupted<T>(run.signal, (resolve, reject) => void work(attempt).then(resolve, reject));
  }
  const deadline = new AbortController();
  const signal = AbortSignal.any([run.signal, deadline.signal]);
  const cancel = run.cloud.clock.at(task.begunMs + task.timeoutSeconds * 1000, () =>
    deadline.abort(new Interrupted("timedOut")),
  );
  try {
    const within = { ...attempt, run: { ...run, signal } };
    return await unlessInterrupted<T>(signal, (resolve, reject) => void work(within).then(resolve, reject));
  } catch (error) {
    if (deadline.signal.aborted && !run.signal.aborted) throw new StatesError("States.Timeout");
    throw error;
  } finally {
    cancel();
  }
}
