/** The message of a thrown value, for a line of the log or a status reason. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The same with the stack, where there is one: for failures that only a developer of the cloud can explain. */
export function errorStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
