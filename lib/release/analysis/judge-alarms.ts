import type { Reading } from "../reading.ts";
import type { AlarmGuard, Release, Verdict } from "../model.ts";
import type { AlarmReading } from "../ports/ports.ts";

/** The judgement of one alarm. */
export interface AlarmVerdict {
  readonly path: string;
  readonly outcome: Verdict["outcome"];
  readonly reason: string;
}

/** Judges every alarm of the release. A missing one is never healthy, nor is one without data. */
export function judgeAlarms(
  release: Release,
  readings: Reading<ReadonlyMap<string, AlarmReading>> | undefined,
): readonly AlarmVerdict[] {
  if (release.alarms.length === 0) return [];
  if (readings === undefined || readings.kind === "unreadable") {
    const reason = `alarms could not be read: ${readings?.reason ?? "they were not requested"}`;
    return [{ path: "", outcome: "ERROR", reason }];
  }
  return release.alarms.map((guard) => judgeAlarm(release, guard, readings.value.get(guard.path)));
}

/** Overridden alarms that are green now: from here on their red counts. */
export function recoveredAlarms(
  release: Release,
  readings: Reading<ReadonlyMap<string, AlarmReading>> | undefined,
): readonly string[] {
  if (readings === undefined || readings.kind === "unreadable") return release.recoveredAlarms;
  const green = release.alarms
    .filter((guard) => isOverridden(release, guard) && readings.value.get(guard.path)?.state === "OK")
    .map((guard) => guard.path);
  return [...new Set([...release.recoveredAlarms, ...green])];
}

/** Whether the user waved this alarm through, by its name or its path. */
export function isOverridden(release: Release, guard: AlarmGuard): boolean {
  const { overriddenAlarms } = release;
  return overriddenAlarms.includes(guard.path) || (guard.name !== undefined && overriddenAlarms.includes(guard.name));
}

function judgeAlarm(release: Release, guard: AlarmGuard, reading: AlarmReading | undefined): AlarmVerdict {
  const name = `alarm ${guard.name ?? guard.path}`;
  const { path } = guard;
  switch (reading?.state) {
    case "OK":
      return { path, outcome: "PASS", reason: `${name} is OK` };
    case "INSUFFICIENT_DATA":
      return { path, outcome: "INCONCLUSIVE", reason: `${name} has no data` };
    case "ALARM":
      return judgeRed(release, guard, name, reading);
    case "MISSING":
    case undefined:
      return { path, outcome: "ERROR", reason: `${name} does not exist` };
  }
}

function judgeRed(release: Release, guard: AlarmGuard, name: string, reading: AlarmReading): AlarmVerdict {
  const { path } = guard;
  if (isAboutOldVersion(release, reading)) {
    return { path, outcome: "PASS", reason: `${name} is red for the stable version ${reading.aboutVersion}` };
  }
  if (isOverridden(release, guard) && !release.recoveredAlarms.includes(path)) {
    return { path, outcome: "PASS", reason: `${name} is red, as it was before the start, and overridden` };
  }
  return {
    path,
    outcome: "FAIL",
    reason: `${name} is red${reading.reason === undefined ? "" : `: ${reading.reason}`}`,
  };
}

/** An alarm on a version that the release is leaving must not block the fix. */
function isAboutOldVersion(release: Release, reading: AlarmReading): boolean {
  const { aboutVersion, aboutFunction } = reading;
  if (aboutVersion === undefined) return false;
  return release.members.some(({ path, target, next }) => {
    const isOld = release.stable?.[path] === aboutVersion && next !== aboutVersion;
    return isOld && target?.name === aboutFunction;
  });
}
