/**
 * Reads a partial batch response of a stream: the index of the first record that failed, or undefined when all came
 * through. A response that makes no sense counts as a failure of everything.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function readBatchFailures(payload: Buffer, ids: readonly string[]): number | undefined {
  const failed = readFailedItems(payload, ids);
  if (failed === "all") return 0;
  return failed.size === 0 ? undefined : Math.min(...[...failed].map((id) => ids.indexOf(id)));
}

/** The failed items of a partial batch response. */
export function readFailedItems(payload: Buffer, ids: readonly string[]): ReadonlySet<string> | "all" {
  const answer = parse(payload);
  if (answer === null || typeof answer !== "object") return new Set();
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return "all";
  const named = (failures as ({ itemIdentifier?: string } | null)[]).map((failure) => failure?.itemIdentifier ?? "");
  return named.every((id) => ids.includes(id)) ? new Set(named) : "all";
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString()) as unknown;
  } catch {
    return null;
  }
}
