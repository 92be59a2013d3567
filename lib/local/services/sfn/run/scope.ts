import type { AslState } from "../../../../util/asl/definition.ts";
import { holdsExpression, isExpression } from "../expressions/expression.ts";
import { isIntrinsic } from "../data/intrinsic-functions.ts";
import { fillTemplate, missingPath, type PathScope, readValue, tryReadValue } from "../data/payload-template.ts";
import type { Frame, Run } from "./run.ts";
import { InterpreterError, runtimeError } from "./states-error.ts";

/** What a state left behind, once it is over. */
export interface StateExit {
  readonly output: unknown;
  /** The next state; absent where the branch ends. */
  readonly next?: string;
  readonly assigned: Readonly<Record<string, unknown>>;
  readonly last: number;
}

/** What running a state came to. */
export interface StateResult {
  readonly output: unknown;
  readonly next?: string | undefined;
  readonly assigned?: Readonly<Record<string, unknown>>;
}

/** A state that is being run. */
export interface StateScope {
  readonly run: Run;
  readonly name: string;
  readonly state: AslState;
  readonly input: unknown;
  readonly frame: Frame;
  /** Unique for this visit. */
  readonly key: string;
  /** Where the state is only tested. */
  readonly trial?: Trial;
}

/** The mocks that TestState gives a state, and the details that it collects. */
export interface Trial {
  readonly mock?: { readonly output: string } | { readonly error: string; readonly cause: string | undefined };
  readonly context?: Readonly<Record<string, unknown>>;
  /** What the data was after each step, by TestState's names. */
  readonly seen: Record<string, unknown>;
}

/** A state that is being run, for the so-and-so-manieth time. */
export interface Attempt extends StateScope {
  readonly attempt: number;
  readonly enteredMs: number;
  /** The event with which the state was entered. */
  readonly enteredId: number;
  /** The event before that one. */
  readonly cameFrom: number;
  readonly language: "JSONPath" | "JSONata";
  readonly token?: string;
}

/** The types that may have retriers: only they show how often they were tried. */
const RETRIED = new Set(["Task", "Parallel", "Map"]);

/** The context object (`$$`, `$states.context`). */
export function contextOf(scope: Attempt): Record<string, unknown> {
  const { run, name, state, frame, attempt, enteredMs, token, trial } = scope;
  if (trial?.context !== undefined) return trial.context;
  const { execution } = run;
  return {
    Execution: {
      Id: execution.arn,
      Input: JSON.parse(execution.input) as unknown,
      Name: execution.name,
      RoleArn: execution.roleArn,
      StartTime: new Date(execution.startedMs).toISOString(),
      // A state that is tested is in no execution that could be redriven.
      ...(trial === undefined && { RedriveCount: execution.redriveCount }),
    },
    State: {
      Name: name,
      EnteredTime: new Date(enteredMs).toISOString(),
      ...(RETRIED.has(state.Type) && { RetryCount: attempt }),
    },
    StateMachine: { Id: execution.versionArn ?? execution.machineArn, Name: execution.machineName },
    ...(token === undefined ? {} : { Task: { Token: token } }),
    ...(frame.map === undefined ? {} : { Map: frame.map }),
  };
}

/** What a JSONPath in a state sees; `input` is `$`. */
export function pathScope(attempt: Attempt, input: unknown): PathScope {
  return { input, context: contextOf(attempt), variables: attempt.frame.variables };
}

/** The value of a field, with every expression or path in it replaced. `more` joins `$states`. */
export async function fill(
  attempt: Attempt,
  field: string,
  input: unknown,
  more: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  return fillValue(attempt, attempt.state[field], field, input, more);
}

/** As `fill`, for a value that is not a field of the state itself. */
export function fillValue(
  attempt: Attempt,
  value: unknown,
  field: string,
  input: unknown,
  more: Readonly<Record<string, unknown>> = {},
): unknown {
  if (attempt.language === "JSONPath") return fillTemplate(value, pathScope(attempt, input));
  if (!holdsExpression(value)) return value;
  const states = { input: attempt.input, context: contextOf(attempt), ...more };
  return attempt.run.evaluate(value, { states, variables: attempt.frame.variables }, field);
}

/** A field that is a plain value, an expression, or a path in the field of the same name with `Path`. */
export async function setting(attempt: Attempt, field: string, input: unknown): Promise<unknown> {
  return settingIn(attempt, attempt.state, field, input);
}

/** As `setting`, in an object within the state. */
export async function settingIn(
  attempt: Attempt,
  holder: Readonly<Record<string, unknown>>,
  field: string,
  input: unknown,
): Promise<unknown> {
  const path = holder[`${field}Path`];
  if (typeof path === "string") return readSetting(path, pathScope(attempt, input), field);
  const value = holder[field];
  return attempt.language === "JSONata" && isExpression(value) ? await fillValue(attempt, value, field, input) : value;
}

/** As `settingIn`, for a number: AWS takes one in a text too, as a path may lead to it. */
export async function numericSetting(
  attempt: Attempt,
  holder: Readonly<Record<string, unknown>>,
  field: string,
  input: unknown,
): Promise<unknown> {
  const value = await settingIn(attempt, holder, field, input);
  return typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}

function readSetting(path: string, scope: PathScope, field: string): unknown {
  if (isIntrinsic(path)) return readValue(path, scope, `${field}Path`);
  const found = tryReadValue(path, scope);
  if (found !== undefined) return found.value;
  if (field === "Seconds" || field === "Timestamp") {
    throw runtimeError(`The ${field}Path parameter does not reference an input value: ${path}`);
  }
  if (field !== "Error" && field !== "Cause") throw missingPath(path, scope);
  const input = JSON.stringify(scope.input);
  throw runtimeError(
    `The JSONPath '${path}' specified for the field '${field}Path' could not be found in the input '${input}'`,
  );
}

/** The error with the state's name in front, where the interpreter itself complains. */
export function located(attempt: Attempt, error: InterpreterError): InterpreterError {
  const { cause = "", location } = error;
  if (cause.startsWith(IN_STATE)) return error;
  return new InterpreterError(error.error, inState(attempt, cause), location);
}

const IN_STATE = "An error occurred while executing the state '";

/** Says which state broke, as AWS does. */
export function inState({ name, enteredId }: Attempt, what: string): string {
  return `${IN_STATE}${name}' (entered at the event id #${enteredId}). ${what}`;
}
