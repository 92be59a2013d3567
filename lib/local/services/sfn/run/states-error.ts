/** An error as workflows know it: a name that `Retry` and `Catch` match, and a cause for people. */
export class StatesError extends Error {
  readonly error: string;
  override readonly cause: string | undefined;

  constructor(error: string, cause?: string) {
    super(cause === undefined ? error : `${error}: ${cause}`);
    this.name = "StatesError";
    this.error = error;
    this.cause = cause;
  }
}

/** The interpreter's own error in a state that it runs; its text starts with the state's name. */
export class InterpreterError extends StatesError {
  /** The field with the expression that failed. */
  readonly location: string | undefined;

  constructor(error: string, cause: string, location?: string) {
    super(error, cause);
    this.location = location;
  }
}

/** A Map state that is set up wrongly: it ends its execution without a MapStateFailed. */
export class MapSettingError extends InterpreterError {
  constructor(cause: string) {
    super("States.Runtime", cause);
  }
}

/** `States.Runtime`, which no `Catch` or `Retry` handles. */
export function runtimeError(cause: string): InterpreterError {
  return new InterpreterError("States.Runtime", cause);
}

/** `States.QueryEvaluationError`: a JSONata expression failed at `location`. */
export function evaluationError(cause: string, location: string): InterpreterError {
  return new InterpreterError("States.QueryEvaluationError", cause, location);
}

/** A worker that was silent for too long: reported as a timeout, and caught by either name. */
export class HeartbeatError extends StatesError {
  constructor() {
    super("States.Timeout");
  }
}

/** What no `States.ALL` catches (ASL specification, "Errors"). */
const UNCATCHABLE_BY_ALL = new Set(["States.Runtime", "States.DataLimitExceeded"]);

/** Whether one of the names of a retrier or catcher matches the error. */
export function matchesError(names: readonly string[], given: StatesError): boolean {
  const { error } = given;
  if (names.includes(error)) return true;
  if (given instanceof HeartbeatError && names.includes("States.HeartbeatTimeout")) return true;
  if (names.includes("States.ALL")) return !UNCATCHABLE_BY_ALL.has(error);
  return names.includes("States.TaskFailed") && error !== "States.Timeout" && !UNCATCHABLE_BY_ALL.has(error);
}
