import { isAwsError } from "../../../aws-error.ts";
import type { TaskResource } from "./resource.ts";
import { type Run, sleepUntil } from "./run.ts";
import type { Attempt } from "./scope.ts";
import { metadataOf } from "./service-call.ts";
import { StatesError } from "./states-error.ts";
import type { TaskStory } from "./task-story.ts";

const LOOK_EVERY_MS = 1_000;

/** `states:startExecution`, and with `.sync` the wait for its end. A restart finds the execution by its name again. */
export async function startExecutionTask(
  attempt: Attempt,
  { sync }: TaskResource,
  given: unknown,
  at: string,
  story: TaskStory,
): Promise<unknown> {
  const { run } = attempt;
  const { StateMachineArn, Name, Input } = given as { StateMachineArn?: string; Name?: string; Input?: unknown };
  const name =
    Name ?? run.journal.recall<string>(`${at}:name`)?.value ?? run.journal.record(`${at}:name`, crypto.randomUUID());
  const region = { region: run.execution.region };
  const input = typeof Input === "string" ? Input : JSON.stringify(Input ?? {});
  const requestId = crypto.randomUUID();
  let started;
  try {
    await run.durable();
    started = await run.cloud.call(
      "sfn",
      "StartExecution",
      { stateMachineArn: StateMachineArn, name, input },
      { ...region, requestId },
    );
  } catch (error) {
    if (!isAwsError(error)) throw error;
    const status = error.statusCode ?? 400;
    throw new StatesError(
      `StepFunctions.${error.code}Exception`,
      `${error.message} (Service: AWSStepFunctions; Status Code: ${status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`,
    );
  }
  const told = {
    ExecutionArn: started.executionArn,
    StartDate: started.startDate?.getTime(),
    ...metadataOf(requestId),
  };
  if (sync === undefined) return told;
  if (!story.wasSubmitted) story.submitted(told);
  for (;;) {
    // Asked for before its status is, so that an end in between is not missed.
    const over = run.whenEnded(started.executionArn!);
    const found = await run.cloud.call("sfn", "DescribeExecution", { executionArn: started.executionArn }, region);
    if (found.status !== "RUNNING") return ended(found, sync);
    await endOrWhile(run, over);
  }
}

/** Until the execution ends, or it is time to look again. */
async function endOrWhile(run: Run, over: Promise<unknown> | undefined): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([run.signal, stop.signal]);
  const pause = sleepUntil({ cloud: run.cloud, signal }, run.cloud.clock.now() + LOOK_EVERY_MS);
  try {
    await (over === undefined ? pause : Promise.race([pause, over.catch(() => undefined)]));
  } finally {
    pause.catch(() => undefined);
    stop.abort();
  }
}

interface Ended {
  readonly executionArn?: string | undefined;
  readonly stateMachineArn?: string | undefined;
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly startDate?: Date | undefined;
  readonly stopDate?: Date | undefined;
  readonly input?: string | undefined;
  readonly output?: string | undefined;
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** `.sync` gives input and output as text, `.sync:2` as JSON. */
function ended(found: Ended, sync: string): unknown {
  const parsed = (text: string | undefined) =>
    text === undefined || sync === "sync" ? text : (JSON.parse(text) as unknown);
  const told = {
    ExecutionArn: found.executionArn,
    Input: parsed(found.input),
    InputDetails: { Included: true },
    Name: found.name,
    ...(found.output !== undefined && { Output: parsed(found.output), OutputDetails: { Included: true } }),
    ...(found.error !== undefined && { Error: found.error }),
    ...(found.cause !== undefined && { Cause: found.cause }),
    StartDate: found.startDate?.getTime(),
    StateMachineArn: found.stateMachineArn,
    Status: found.status,
    StopDate: found.stopDate?.getTime(),
  };
  if (found.status === "SUCCEEDED") return told;
  throw new StatesError("States.TaskFailed", JSON.stringify(told));
}
