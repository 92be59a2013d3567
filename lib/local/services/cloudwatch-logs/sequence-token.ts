/** A sequence token: AWS still answers one and no longer asks for it. 56 digits. */
export function sequenceToken(ingestedMs: number): string {
  return `49${String(ingestedMs).padStart(54, "0")}`;
}
