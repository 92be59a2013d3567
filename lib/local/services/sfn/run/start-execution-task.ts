import type { TaskStory } from "./event-data.ts";
import { Interrupted, sleepUntil } from "./interruption.ts";
import { inRole } from "./in-role.ts";
import { randomUUID } from "node:crypto";
import { type AwsError, isAwsError } from "../../../aws-error.ts";
import { findExceptionTraits } from "../../../kit/exception-traits.ts";
import type { TaskResource } from "./resource.ts";
import type { Run } from "./run.ts";
import type { Attempt } from "./scope.ts";
import { metadataOf } from "./service-call.ts";
import { StatesError } from "./states-error.ts";

const LOOK_EVERY_MS = 1_000;

/**
 * `states:startExecution`, and with `.sync` the wait for its end. A restart continues with the execution that was
 * started before; a cancelled task stops it.
 */
export async function startExecutionTask(
  attempt: Attempt,
  { sync }: TaskResource,
  given: unknown,
  at: string,
  story: TaskStory,
): Promise<unknown> {
  const { run } = attempt;
  const known = run.journal.recall<Started>(`${at}:execution`)?.value;
  const started = known ?? run.journal.record(`${at}:execution`, await start(attempt, given, at));
  if (sync === undefined) return started;
  if (!story.wasSubmitted) story.submitted(started);
  const executionArn = started.ExecutionArn;
  const context = inRole(run);
  try {
    for (;;) {
      // Registered before its status is read, so that an end in between is not missed.
      const over = run.whenEnded(executionArn);
      const found = await run.cloud.call("sfn", "DescribeExecution", { executionArn }, context);
      if (found.status !== "RUNNING") return ended(found, sync);
      await endOrWhile(run, over);
    }
  } catch (error) {
    if (error instanceof Interrupted && error.why !== "shutdown") {
      await run.cloud.call("sfn", "StopExecution", { executionArn }, context).catch(() => undefined);
    }
    throw error;
  }
}

interface Started {
  readonly ExecutionArn: string;
  readonly StartDate: number;
}

async function start({ run }: Attempt, given: unknown, at: string): Promise<Started> {
  const { StateMachineArn: stateMachineArn, Name, Input } = given as Record<string, unknown>;
  const name = (Name as string | undefined) ?? keep(run, `${at}:name`, randomUUID);
  const input = typeof Input === "string" ? Input : JSON.stringify(Input ?? {});
  const wasBegun = run.journal.recall(`${at}:starting`) !== undefined;
  const beganMs = keep(run, `${at}:starting`, () => run.cloud.clock.now());
  const requestId = randomUUID();
  const context = inRole(run);
  try {
    await run.durable();
    const call = { stateMachineArn: stateMachineArn as string, name, input };
    const started = await run.cloud.call("sfn", "StartExecution", call, { ...context, requestId });
    return startedAs(started.executionArn, started.startDate, requestId);
  } catch (error) {
    if (!isAwsError(error)) throw error;
    const mine =
      wasBegun && isAwsError(error, "ExecutionAlreadyExists") ? await findOwn(run, error, input, beganMs) : undefined;
    if (mine !== undefined) return startedAs(mine.executionArn, mine.startDate, requestId);
    const status = error.statusCode ?? 400;
    const isKnown = (await findExceptionTraits("sfn", error.code)) !== undefined;
    throw new StatesError(
      `StepFunctions.${isKnown ? `${error.code}Exception` : "AWSStepFunctionsException"}`,
      `${error.message} (Service: AWSStepFunctions; Status Code: ${status}; Error Code: ${error.code}; Request ID: ${requestId}; Proxy: null)`,
    );
  }
}

function keep<T>({ journal }: Run, key: string, make: () => T): T {
  return journal.recall<T>(key)?.value ?? journal.record(key, make());
}

function startedAs(ExecutionArn: string, started: Date, requestId: string): Started {
  return { ExecutionArn, StartDate: started.getTime(), ...metadataOf(requestId) };
}

/** The execution that this task started before the cloud went down, and that is over by now. */
async function findOwn(run: Run, { message }: AwsError, input: string, beganMs: number) {
  const [, executionArn = ""] = /'(arn:[^']+)'/.exec(message) ?? [];
  const region = { region: run.execution.region };
  const found = await run.cloud.call("sfn", "DescribeExecution", { executionArn }, region);
  return found.input === input && found.startDate.getTime() >= beganMs ? found : undefined;
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
  const described = {
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
  if (found.status === "SUCCEEDED") return described;
  throw new StatesError("States.TaskFailed", JSON.stringify(described));
}
