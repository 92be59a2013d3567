import { observe } from "../observe.ts";
import { UserError } from "../../errors.ts";
import { act } from "../act.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { planPruning } from "../prune.ts";
import { isFinished } from "../states.ts";
import type { VerbOptions } from "./outcome.ts";
import { withSession } from "./with-session.ts";

/** What pruning did, by member path. */
export interface PruneOutcome {
  readonly deleted: Readonly<Record<string, readonly string[]>>;
  /** Versions that something turned out to need, as `path:version`. */
  readonly kept: readonly string[];
  /** Why nothing was deleted, where that is so. */
  readonly skipped?: string;
}

/** Deletes old versions under the lock, between releases only. `dryRun` tells what would go. */
export async function pruneVersions(
  ports: ReleasePorts,
  options: VerbOptions & { readonly keepVersions?: number; readonly dryRun?: boolean },
): Promise<PruneOutcome> {
  return withSession(ports, options, async (session) => {
    const { release } = session;
    if (release === undefined) return { deleted: {}, kept: [], skipped: "there has never been a release" };
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
    const seen = await observe(wanted, { aliases: [], versions: true }, ports, session.document, carried);
    const plan = planPruning(wanted, seen);
    if (plan.kind !== "prune") return { deleted: {}, kept: [], skipped: plan.reason };
    if (options.dryRun === true) return { deleted: plan.doomed, kept: [] };
    const effect = { kind: "prune", doomed: plan.doomed, fence: session.fence, at: ports.clock.now() } as const;
    const text = `pruning asked for by ${options.actor}`;
    await session.commit({ events: [{ code: "VersionsPruned", text, trigger: "user", evidence: plan.doomed }] });
    const done = (await act({ kind: "prune", effect }, wanted, session, ports)).effect;
    return done?.kind === "prune" ? { deleted: done.deleted, kept: done.kept } : { deleted: {}, kept: [] };
  });
}
