/** Where samples come from, and when: the same at each call, so that what is printed can be compared. */
export const SAMPLE = {
  account: "123456789012",
  region: "us-east-1",
  /** 1 January 2026, noon. */
  timeMs: Date.UTC(2026, 0, 1, 12),
  requestId: "11111111-2222-4333-8444-555555555555",
} as const;

/** JSON as the text of a body or message. Text stays as it is. */
export function asText(body: unknown): string {
  return typeof body === "string" ? body : JSON.stringify(body);
}

/** The sample's time as ISO 8601, with milliseconds. */
export function sampleTime(): string {
  return new Date(SAMPLE.timeMs).toISOString();
}

/** An ARN in the sample's account and region. */
export function sampleArn(service: string, resource: string): string {
  return `arn:aws:${service}:${SAMPLE.region}:${SAMPLE.account}:${resource}`;
}
