/** A change of the cloud's clock. */
export interface ClockChange {
  /** Cloud seconds a second of the machine's. */
  readonly speed?: number;
  /** How far the time is moved forward, in milliseconds. */
  readonly advanceMs?: number;
}

const FASTEST = 100_000;
const FARTHEST_MS = 10 * 365 * 24 * 3600 * 1000;

/** Reads a change from JSON, or says what is wrong with it. */
export function readClockChange(given: unknown): ClockChange | string {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    return 'Expected a JSON object such as {"speed": 60} or {"advanceMs": 60000}.';
  }
  const unknown = Object.keys(given).filter((name) => name !== "speed" && name !== "advanceMs");
  if (unknown.length > 0) return `Unknown members: ${unknown.join(", ")}. Allowed are speed and advanceMs.`;
  const { speed, advanceMs }: { speed?: unknown; advanceMs?: unknown } = given;
  if (speed === undefined && advanceMs === undefined) return "Expected speed, advanceMs or both.";
  if (!isWithin(speed, Number.MIN_VALUE, FASTEST)) {
    return `speed must be a number above 0 and up to ${FASTEST}, got ${JSON.stringify(speed)}.`;
  }
  if (!isWithin(advanceMs, 0, FARTHEST_MS)) {
    return `advanceMs must be a number from 0 to ${FARTHEST_MS}, got ${JSON.stringify(advanceMs)}.`;
  }
  return { ...(speed !== undefined && { speed }), ...(advanceMs !== undefined && { advanceMs }) };
}

/** Whether a member is absent, or a number between two others. */
function isWithin(given: unknown, least: number, most: number): given is number | undefined {
  if (given === undefined) return true;
  return typeof given === "number" && Number.isFinite(given) && given >= least && given <= most;
}
