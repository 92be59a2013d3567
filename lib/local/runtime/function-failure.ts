/** How a function failed, in AWS's shape. */
export interface FunctionFailure {
  readonly errorType: string;
  /** JSON text. */
  readonly payload: Buffer;
}

/** An error that the service itself reports: a timeout, an exit, an answer that is too large. */
export function functionError(errorType: string, errorMessage: string): FunctionFailure {
  return { errorType, payload: Buffer.from(JSON.stringify({ errorType, errorMessage })) };
}
