import type { AliasProgress } from "../../io/progress.ts";
import { describeLook } from "../describe-look.ts";
import { DEFAULT_LEASE_MS } from "../journal-session.ts";
import { readMetrics } from "../observe.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { STATES } from "../states.ts";
import type { ReleaseStatus } from "./look.ts";
import { type Standing, standingOf } from "./standing.ts";

/** What a person who is called at night needs of a release, besides its aliases. */
export interface StatusSummary {
  /** Since when the release is in its state, by the endpoint's time. */
  readonly since: number;
  /** Why it is in that state, or what it waits for. Absent where there is nothing to say. */
  readonly reason?: string;
  /** Who drives the release. Absent where it has no driver. */
  readonly driver?: StatusDriver;
  /** Calls and failures of both versions of each alias that shifts, since the shift began. Empty outside of a shift. */
  readonly evidence: readonly AliasProgress[];
  /** The verbs that lead on from here, the most useful first. */
  readonly next: readonly NextVerb[];
}

/** The driver of a release. */
export interface StatusDriver {
  readonly actor: string;
  readonly since: number;
  /** When it last renewed its lease on the journal. */
  readonly seenAt: number;
  /** Its lease is over, or its process is gone. */
  readonly isSilent: boolean;
}

/** A verb, and what it would do in this state. */
export interface NextVerb {
  readonly verb: string;
  readonly does: string;
}

const ROLLBACK: NextVerb = { verb: "rollback", does: "puts every alias back by one call each" };
const DEPLOY: NextVerb = { verb: "deploy", does: "releases what the sources say" };
const RESUME: NextVerb = { verb: "resume", does: "continues it from this machine" };
const PROMOTE: NextVerb = { verb: "promote", does: "moves all traffic to the new versions now" };
const WATCH: NextVerb = { verb: "status --watch", does: "follows it to its end" };
const EXPLAIN: NextVerb = { verb: "explain", does: "shows why, and the first failures" };

const NEXT: Readonly<Record<Standing, readonly NextVerb[]>> = {
  settled: [DEPLOY, { verb: "rollback", does: "puts the versions from before this release live" }],
  "nothing-deployed": [DEPLOY],
  "journal-lost": [{ verb: "rollback", does: "puts back what the aliases still show" }, DEPLOY],
  unreadable: [{ verb: "doctor", does: "checks credentials and permissions" }, ROLLBACK],
  blocked: [
    { verb: "rollback", does: "tries again" },
    { verb: "rollback --without <path>", does: "leaves out a member whose alias is gone" },
    EXPLAIN,
  ],
  drifted: [
    { verb: "rollback <release>", does: "puts the versions of a good release live" },
    { verb: "deploy", does: "goes on from what is live" },
  ],
  paused: [EXPLAIN, PROMOTE, { verb: "resume", does: "continues to watch this step" }, ROLLBACK],
  "finalise-pending": [{ verb: "resume", does: "tries to set the stacks' parameters again" }, DEPLOY, ROLLBACK],
  running: [WATCH, { verb: "pause", does: "keeps the traffic as it is" }, PROMOTE, ROLLBACK],
  unattended: [RESUME, ROLLBACK],
};

/** Sums up a status. Reads the figures of a release whose traffic is shared; a figure that cannot be read is left out. */
export async function summariseStatus(status: ReleaseStatus, ports: ReleasePorts): Promise<StatusSummary | undefined> {
  const { release, lock, driven, now } = status;
  if (release === undefined) return undefined;
  const standing = standingOf(status);
  const isShared = STATES[release.state].phase === "shifting" && release.analysis !== undefined;
  const metrics = isShared ? await readMetrics(release, ports) : undefined;
  const look = describeLook({ release, now, ...(metrics === undefined ? {} : { metrics }) });
  const reason = look.cause ?? (look.waitsFor.length > 0 ? `waits for: ${look.waitsFor.join("; ")}` : undefined);
  return {
    since: release.enteredAt,
    ...(reason === undefined ? {} : { reason }),
    ...(lock === undefined ? {} : { driver: driverOf(lock, !driven) }),
    evidence: metrics === undefined ? [] : look.aliases,
    next: NEXT[standing],
  };
}

function driverOf({ actor, since, leaseUntil }: NonNullable<ReleaseStatus["lock"]>, isSilent: boolean): StatusDriver {
  return { actor, since, seenAt: Math.max(since, leaseUntil - DEFAULT_LEASE_MS), isSilent };
}
