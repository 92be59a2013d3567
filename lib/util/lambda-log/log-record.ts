/** How an invocation went, from Lambda's own report line. */
export interface InvocationReport {
  readonly durationMs: number;
  /** Only for the first invocation of an instance: how long it took to start. */
  readonly initMs?: number;
  readonly memoryMb?: number;
  readonly maxMemoryMb?: number;
  readonly status: "success" | "failure" | "error" | "timeout";
}

/** An error that a function logged, or that ended an invocation. */
export interface LoggedError {
  /** For example `TypeError` or `Runtime.ExitError`. */
  readonly type: string;
  readonly message: string;
  /** The frames of the stack as the runtime wrote them, trimmed. */
  readonly stack: readonly string[];
}

/**
 * One event of a function's log. `init`, `start`, `end` and `report` are Lambda's own lines; `metrics` are lines in the
 * embedded metric format; everything else is a `line` of the function.
 */
export interface LogRecord {
  readonly kind: "init" | "start" | "end" | "report" | "metrics" | "line";
  readonly requestId?: string;
  /** The version that runs, on `init` and `start` where the line names it. */
  readonly version?: string;
  /** In capitals: `TRACE`, `DEBUG`, `INFO`, `WARN`, `ERROR`, `FATAL`. */
  readonly level?: string;
  /** What the line says, without time, level and request id. Empty on `start`, `end` and `report`. */
  readonly text: string;
  readonly error?: LoggedError;
  readonly report?: InvocationReport;
}
