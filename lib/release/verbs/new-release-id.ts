import { randomBytes } from "node:crypto";

/** Sortable by time, and unique. */
export function newReleaseId(now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, "").slice(0, 15);
  return `${time}Z-${randomBytes(4).toString("hex")}`;
}
