/** A sequence token: AWS still returns one and no longer requires it. 56 digits. */
export function sequenceToken(ingestedMs: number): string {
  return `49${String(ingestedMs).padStart(54, "0")}`;
}
