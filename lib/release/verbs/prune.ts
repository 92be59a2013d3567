import { observe } from "../observe.ts";
import { UserError } from "../../errors.ts";
import { act } from "../act.ts";
import { functionsWithTarget } from "../decide/decide.ts";
import { mergeConcurrency } from "../decide/left-versions.ts";
import type { Concurrency } from "../model.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { planPruning } from "../prune.ts";
import { isFinished } from "../states.ts";
import { openJournal } from "./open-journal.ts";
import type { VerbOptions } from "./outcome.ts";
import { withSession } from "./with-session.ts";

/** What pruning did, by member path. */
export interface PruneOutcome {
  readonly deleted: Readonly<Record<string, readonly string[]>>;
  /** Versions that something turned out to need, as `path:version`. */
  readonly kept: readonly string[];
  /** Provisioned concurrency that was taken from versions without traffic. */
  readonly released: Concurrency;
  /** Why nothing was deleted, where that is so. */
  readonly skipped?: string;
}

/** Deletes old versions under the lock, between releases only. `dryRun` only lists them. */
export async function pruneVersions(
  ports: ReleasePorts,
  options: VerbOptions & { readonly keepVersions?: number; readonly dryRun?: boolean },
): Promise<PruneOutcome> {
  await openJournal(ports, options);
  return withSession(ports, options, async (session) => {
    const { release } = session;
    if (release === undefined)
      return { deleted: {}, kept: [], released: {}, skipped: "there has never been a release" };
    if (!isFinished(release)) {
      throw new UserError(
        "ReleaseUnfinished",
        `Release ${release.id} is in ${release.state}; its versions may be needed.`,
        {
          fix: "Finish it with `resume` or `rollback`, then prune.",
        },
      );
    }
    const wanted = { ...release, keepVersions: options.keepVersions ?? release.keepVersions };
    const carried = { writes: new Map() };
    const needs = { aliases: [], versions: true, idle: functionsWithTarget(wanted) };
    const seen = await observe(wanted, needs, ports, session.document, carried);
    const plan = planPruning(wanted, seen);
    if (plan.kind !== "prune") return { deleted: {}, kept: [], released: {}, skipped: plan.reason };
    const { doomed, idle } = plan;
    if (options.dryRun === true) return { deleted: doomed, kept: [], released: idle };
    const effect = { kind: "prune", doomed, idle, fence: session.fence, at: ports.clock.now() } as const;
    const text = `pruning requested by ${options.actor}`;
    await session.commit({
      release: { ...release, releasedConcurrency: mergeConcurrency(release.releasedConcurrency, idle) },
      events: [{ code: "VersionsPruned", text, trigger: "user", evidence: { doomed, idle } }],
      keepsTick: true,
    });
    const done = (await act({ kind: "prune", effect }, wanted, session, ports)).effect;
    if (done?.kind !== "prune") return { deleted: {}, kept: [], released: {} };
    const { deleted, kept, released } = done;
    return { deleted, kept, released };
  });
}
