/** Whether the endpoint says that it does not have the operation, as the local cloud does with status 501. */
export function isNotCarried(error: unknown): boolean {
  if (!(error instanceof Error) || !("$metadata" in error)) return false;
  const { $metadata: metadata } = error;
  return typeof metadata === "object" && metadata !== null && "httpStatusCode" in metadata
    ? metadata.httpStatusCode === 501
    : false;
}
