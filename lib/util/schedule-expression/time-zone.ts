const formats = new Map<string, Intl.DateTimeFormat>();
const DAY_MS = 86_400_000;

/** Whether a name is one of the IANA time zone database, such as `Europe/Berlin` or `UTC`. */
export function isTimeZone(name: string): boolean {
  // `+02:00` is an offset, which the platform would take.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks on the wall show at a moment, as if it were UTC. */
export function wallTimeOf(epochMs: number, timeZone: string): number {
  return epochMs + offsetAt(epochMs, timeZone);
}

/**
 * The moments at which the clocks on the wall show a time: none where they are put forward over it, two where they are
 * put back. Earliest first.
 */
export function momentsOf(wallMs: number, timeZone: string): number[] {
  const moments = offsetsAround(wallMs, timeZone).map((offsetMs) => wallMs - offsetMs);
  return moments.filter((moment) => wallTimeOf(moment, timeZone) === wallMs).sort((a, b) => a - b);
}

/** The first of these moments; for a time that the clocks leave out, as much later as they are put forward. */
export function momentOf(wallMs: number, timeZone: string): number {
  return momentsOf(wallMs, timeZone)[0] ?? wallMs - offsetsAround(wallMs, timeZone)[0]!;
}

/** The offset before, and that after a change if one is near. */
function offsetsAround(wallMs: number, timeZone: string): number[] {
  return [...new Set([offsetAt(wallMs - DAY_MS, timeZone), offsetAt(wallMs + DAY_MS, timeZone)])];
}

function offsetAt(epochMs: number, timeZone: string): number {
  if (timeZone === "UTC") return 0;
  const found = formatOf(timeZone).formatToParts(epochMs);
  const part = (type: string) => Number(found.find((each) => each.type === type)?.value);
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - Math.floor(epochMs / 1000) * 1000;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const number = "numeric" as const;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    calendar: "gregory",
    hourCycle: "h23",
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
  });
  formats.set(timeZone, format);
  return format;
}
