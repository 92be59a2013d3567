import type { EventRecord } from "./log-store.ts";
import { invalidParameter } from "./errors.ts";

/** A place between a stream's or a group's events, which are ordered by time and then by arrival. */
export interface EventPosition {
  readonly atMs: number;
  readonly id: number;
}

/** The position before the oldest event. */
export const BEFORE_ALL: EventPosition = { atMs: -1, id: 0 };
/** The position after the newest event. */
export const AFTER_ALL: EventPosition = { atMs: Number.MAX_SAFE_INTEGER, id: 0 };

/** GetLogEvents' token: `f/<56 digits>/s` to continue after the position, `b/…` to go back before it. */
export function pageToken(direction: "f" | "b", { atMs, id }: EventPosition): string {
  return `${direction}/${digitsOf({ atMs: Math.max(atMs, 0), id })}/s`;
}

/** Reads a token of `GetLogEvents`. `InvalidParameterException` for text of another form. */
export function readPageToken(token: string): { direction: "f" | "b"; position: EventPosition } {
  const match = /^([fb])\/(\d{20})(\d{36})\/s$/.exec(token);
  if (!match) throw invalidParameter("The specified nextToken is invalid.");
  const [, direction, atMs, id] = match as unknown as [string, "f" | "b", string, string];
  return { direction, position: { atMs: Number(atMs), id: Number(id) } };
}

/** The id under which AWS shows an event: 56 digits that rise with the event's position. */
export function eventId(event: EventPosition): string {
  return digitsOf(event);
}

/** FilterLogEvents' token. */
export function filterToken({ atMs, id }: EventPosition): string {
  return Buffer.from(`${atMs}:${id}`).toString("base64url");
}

/** Reads a token of `FilterLogEvents`. `InvalidParameterException` for text of another form. */
export function readFilterToken(token: string): EventPosition {
  const match = /^(\d{1,16}):(\d{1,16})$/.exec(Buffer.from(token, "base64url").toString());
  if (!match) throw invalidParameter("The specified nextToken is invalid.");
  return { atMs: Number(match[1]), id: Number(match[2]) };
}

/** An event's place among the others: by its time, then by its id. */
export function positionOf({ atMs, id }: EventRecord): EventPosition {
  return { atMs, id };
}

function digitsOf({ atMs, id }: EventPosition): string {
  return String(atMs).padStart(20, "0") + String(id).padStart(36, "0");
}
