/** An error as Lambda reports it. */
export interface DescribedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** An error of the runtime itself, for example `Runtime.ImportModuleError`. */
export class RuntimeError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

/** Shapes a thrown or rejected value as AWS's Node runtime does: a value that is not an error has its type as name. */
export function describeError(thrown: unknown): DescribedError {
  try {
    if (isError(thrown))
      return { errorType: thrown.name, errorMessage: thrown.message, trace: (thrown.stack ?? "").split("\n") };
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
      trace: [],
    };
  }
}

/** Also true for errors of another realm (`vm`), which `instanceof` misses. */
export function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
  return typeof value === "object" && value !== null && "name" in value && "message" in value && "stack" in value;
}
