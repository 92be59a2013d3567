import type { Checked } from "../../kit/checked.ts";
import type { FlexibleTimeWindow, Tag, Target } from "@aws-sdk/client-scheduler";

/** A group of schedules. */
export interface GroupRecord {
  readonly name: string;
  readonly region: string;
  readonly tags: readonly Checked<Tag>[];
  /** With which it was made: the same call again finds it. */
  readonly clientToken?: string | undefined;
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** A schedule, and its progress. */
export interface ScheduleRecord {
  readonly name: string;
  readonly group: string;
  readonly region: string;
  readonly expression: string;
  readonly timeZone: string;
  readonly description?: string | undefined;
  readonly kmsKeyArn?: string | undefined;
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  readonly state: "ENABLED" | "DISABLED";
  readonly afterCompletion: "NONE" | "DELETE";
  readonly window: Checked<FlexibleTimeWindow>;
  readonly target: Checked<Target>;
  /** With which it was made: the same call again finds it. */
  readonly clientToken?: string | undefined;
  readonly createdMs: number;
  readonly modifiedMs: number;
  /** When a rate is due for the first time. */
  readonly anchorMs: number;
  /** The last time that it was due for, where there was one. */
  readonly lastMs?: number | undefined;
  /** What it is due for next, and when in its window that is carried out. */
  readonly next?: { readonly scheduledMs: number; readonly fireMs: number } | undefined;
}

/** An invocation that is due, with all its settings, unaffected by later changes of the schedule. */
export interface Invocation {
  /** Unique; the same for every attempt. */
  readonly id: string;
  readonly region: string;
  readonly group: string;
  readonly schedule: string;
  readonly scheduleArn: string;
  readonly target: Checked<Target>;
  readonly scheduledMs: number;
  readonly firedMs: number;
  /** The schedule, as of this change, is to be deleted with its end. */
  readonly deletesAsOfMs?: number | undefined;
}
