import { runBranch } from "./run/run-branch.ts";
import { Interrupted } from "./run/interruption.ts";
import { randomUUID } from "node:crypto";
import type { AslBranch, AslState } from "../../../util/asl/definition.ts";
import { findAslProblems } from "../../../util/asl/find-problems.ts";
import { AwsError } from "../../aws-error.ts";
import type { RequestContext } from "../../service.ts";
import { checkExpression } from "./data/check-expression.ts";
import type { ExecutionRecord } from "./records.ts";
import { invalid } from "./errors.ts";
import { PassingJournal } from "./run/run-journal.ts";
import { caught, delayOf, findRetrier, runOnce } from "./run/run-state.ts";
import type { Frame, Run } from "./run/run.ts";
import type { Attempt, Trial, StateResult } from "./run/scope.ts";
import { FailStateError } from "./run/simple-states.ts";
import { matchesError, StatesError } from "./run/states-error.ts";
import type { Input, Output, Sfn } from "./context.ts";
import { checkMock, checkTestable, readContext } from "./test-state-checks.ts";
import { parseJson } from "../../../util/parse-json.ts";

type Answer = Output<"TestState">;

const LONGEST_MS = 300_000;

/** Runs one state once, as it would run in a workflow, and returns the data at each step. */
export async function testState(sfn: Sfn, input: Input<"TestState">, context: RequestContext): Promise<Answer> {
  const { state, name, language } = readState(input);
  checkTestable(state, input);
  const mock = checkMock(state, input);
  const mocked = input.context === undefined ? undefined : readContext(input.context);
  const variables = parse(input.variables ?? "{}", "variables") as Record<string, unknown>;
  const trial: Trial = {
    seen: { input: parse(input.input ?? "{}", "input") },
    ...(mock !== undefined && { mock }),
    ...(mocked !== undefined && { context: mocked }),
  };
  const controller = new AbortController();
  const run = runOf(sfn, input, context, controller.signal);
  const cancel = sfn.cloud.clock.at(run.execution.startedMs + LONGEST_MS, () =>
    controller.abort(new Interrupted("timedOut")),
  );
  const frame: Frame = { path: "", last: 0, variables: { ...variables }, language };
  const attempt: Attempt = {
    run,
    name,
    state,
    input: trial.seen["input"],
    frame,
    key: "test",
    trial,
    attempt: input.stateConfiguration?.retrierRetryCount ?? 0,
    enteredMs: run.execution.startedMs,
    enteredId: 0,
    cameFrom: 0,
    language: state.QueryLanguage ?? language,
  };
  try {
    return describeAttempt(await outcomeOf(attempt), attempt, input);
  } finally {
    cancel();
  }
}

async function outcomeOf(attempt: Attempt): Promise<Answer> {
  try {
    return succeeded(attempt, await runOnce(attempt));
  } catch (error) {
    if (error instanceof Interrupted && error.why === "timedOut") return { status: "FAILED", error: "States.Timeout" };
    if (!(error instanceof StatesError)) throw error;
    return failed(attempt, error);
  }
}

function succeeded({ state, frame, trial }: Attempt, { output, next, assigned = {} }: StateResult): Answer {
  const after = { ...frame.variables, ...assigned };
  if (Object.keys(after).length > 0) trial!.seen["variables"] = after;
  const nextState = next ?? state.Next;
  return { status: "SUCCEEDED", output: JSON.stringify(output), ...(nextState !== undefined && { nextState }) };
}

async function failed(attempt: Attempt, error: StatesError): Promise<Answer> {
  const isNamed = !(error instanceof FailStateError) || error.named;
  const words = { ...(isNamed && { error: error.error }), ...(error.cause !== undefined && { cause: error.cause }) };
  const done = attempt.attempt;
  const retrier = findRetrier(attempt, error, new Map((attempt.state.Retry ?? []).map((_, index) => [index, done])));
  if (retrier !== undefined) {
    const retryBackoffIntervalSeconds = Math.round(delayOf(attempt, retrier, done) / 1000);
    attempt.trial!.seen["errorDetails"] = { retryIndex: retrier, retryBackoffIntervalSeconds };
    return { status: "RETRIABLE", ...words };
  }
  const catchIndex = (attempt.state.Catch ?? []).findIndex(({ ErrorEquals }) => matchesError(ErrorEquals, error));
  if (catchIndex < 0) return { status: "FAILED", ...words };
  attempt.trial!.seen["errorDetails"] = { catchIndex };
  const { output, next } = await caught(attempt, error);
  return {
    status: "CAUGHT_ERROR",
    ...words,
    output: JSON.stringify(output),
    ...(next !== undefined && { nextState: next }),
  };
}

const AS_THEY_ARE = new Set(["errorDetails", "maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage"]);

/** What was seen joins the answer where it is asked for: values as JSON text, numbers and details as they are. */
function describeAttempt(answer: Answer, { trial }: Attempt, { inspectionLevel = "INFO" }: Input<"TestState">): Answer {
  if (inspectionLevel === "INFO") return answer;
  const seen = Object.entries(trial!.seen).map(([name, value]) => [
    name,
    AS_THEY_ARE.has(name) ? value : (JSON.stringify(value) ?? "null"),
  ]);
  return { ...answer, inspectionData: Object.fromEntries(seen) as NonNullable<Answer["inspectionData"]> };
}

function readState({ definition, stateName }: Input<"TestState">): {
  state: AslState;
  name: string;
  language: Frame["language"];
} {
  const given = parse(definition ?? "", "definition") as AslBranch & AslState;
  if (given.States === undefined) {
    const name = stateName ?? "StateName";
    checkState({ StartAt: name, States: { [name]: given } });
    return { state: given, name, language: given.QueryLanguage ?? "JSONPath" };
  }
  const name = stateName ?? given.StartAt;
  const state = findState(given, name);
  if (state === undefined) throw invalid("State not found in definition");
  checkState(given);
  return { state, name, language: given.QueryLanguage ?? "JSONPath" };
}

/** The state with this name, which may be in a branch or in a map's processor. */
function findState({ States }: AslBranch, name: string): AslState | undefined {
  if (Object.hasOwn(States, name)) return States[name];
  const inner = Object.values(States).flatMap(({ Branches = [], ItemProcessor, Iterator: iterator }) =>
    [...Branches, ItemProcessor, iterator].filter((branch) => branch !== undefined),
  );
  return inner.map((branch) => findState(branch, name)).find((state) => state !== undefined);
}

/** A state by itself may lead anywhere. */
function checkState(definition: AslBranch): void {
  const problem = findAslProblems(definition, "STANDARD", checkExpression).find(
    ({ code }) => code !== "MISSING_TRANSITION_TARGET",
  );
  if (problem === undefined) return;
  const { code, message, location } = problem;
  throw new AwsError("InvalidDefinition", `Invalid State Machine Definition: '${code}: ${message} at ${location}'`);
}

function parse(text: string, what: "definition" | "input" | "variables"): unknown {
  try {
    const value = parseJson(text);
    if (what === "input" || (typeof value === "object" && value !== null && !Array.isArray(value))) return value;
  } catch {
    // Said below, for both.
  }
  if (what === "input")
    throw new AwsError("InvalidExecutionInput", "Invalid State Machine Execution Input: 'not JSON'");
  if (what === "variables") throw invalid("Variables must be a valid JSON object");
  throw new AwsError(
    "InvalidDefinition",
    "Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Definition must be a valid JSON object'",
  );
}

function runOf(sfn: Sfn, input: Input<"TestState">, { account, region }: RequestContext, signal: AbortSignal): Run {
  const { cloud, desk, mapRuns } = sfn;
  const machineName = randomUUID();
  const name = randomUUID();
  const execution: ExecutionRecord = {
    arn: `arn:aws:states:${region}:${account}:express:${machineName}:${name}`,
    region,
    name,
    machineArn: `arn:aws:states:${region}:${account}:stateMachine:${machineName}`,
    machineName,
    type: "EXPRESS",
    definition: input.definition ?? "",
    roleArn: input.roleArn ?? "",
    loggingConfiguration: { level: "OFF" },
    input: input.input ?? "{}",
    status: "RUNNING",
    startedMs: cloud.clock.now(),
    redriveCount: 0,
  };
  return {
    cloud,
    execution,
    journal: new PassingJournal(
      () => cloud.clock.now(),
      () => undefined,
    ),
    desk,
    signal,
    mapRuns,
    child: () => Promise.reject(new StatesError("States.Runtime", "A state that is tested has no children.")),
    runBranch,
    whenEnded: () => undefined,
    durable: () => cloud.store.durable(),
    evaluate: (value, scope, field) => sfn.expressions.fill(value, scope, field),
  };
}
