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

/** A Map state that is set up wrongly: it ends its execution without a MapStateFailed. */
export class MapSettingError extends StatesError {
  constructor(cause: string) {
    super("States.Runtime", cause);
  }
}

/** The interpreter's own complaint about a state that it runs. */
export function runtimeError(cause: string): StatesError {
  return new StatesError("States.Runtime", cause);
}

/** What no `States.ALL` catches (ASL specification, "Errors"). */
const UNCATCHABLE_BY_ALL = new Set(["States.Runtime", "States.DataLimitExceeded"]);

/** Whether one of the names of a retrier or catcher stands for the error. */
export function matchesError(names: readonly string[], { error }: StatesError): boolean {
  if (names.includes(error)) return true;
  if (names.includes("States.ALL")) return !UNCATCHABLE_BY_ALL.has(error);
  return names.includes("States.TaskFailed") && error !== "States.Timeout" && !UNCATCHABLE_BY_ALL.has(error);
}
