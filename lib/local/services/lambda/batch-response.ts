/**
 * Reads a partial batch response: the index of the first record that failed, or undefined when all came through. A
 * response that makes no sense counts as a failure of everything.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function readBatchFailures(payload: Buffer, ids: readonly string[]): number | undefined {
  const answer = parse(payload);
  if (answer === null) return undefined;
  if (typeof answer !== "object") return undefined;
  const failures = (answer as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return undefined;
  if (!Array.isArray(failures)) return 0;
  if (failures.length === 0) return undefined;
  const indexes = (failures as ({ itemIdentifier?: string } | null)[]).map((failure) =>
    ids.indexOf(failure?.itemIdentifier ?? ""),
  );
  return indexes.includes(-1) ? 0 : Math.min(...indexes);
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString()) as unknown;
  } catch {
    return null;
  }
}
