import { AbortError, UserError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { isBroughtBack, previewRollback, type ReleasePorts, type RollbackPreview } from "../release/engine.ts";
import { describeAge, HOUR_MS } from "../util/describe-age.ts";
import { escapeControls } from "../util/escape-controls.ts";

/**
 * Shows the release that a rollback leaves and its target. On a terminal it asks for confirmation when the release is
 * older than an hour: rolling back a fresh release is usual, rolling back an old one may be a mistake. Returns what was
 * shown; undefined where nothing would move.
 */
export async function agreeToRollback(
  ports: Pick<ReleasePorts, "journal" | "clock">,
  options: { readonly to: string | undefined; readonly without: readonly string[] },
  host: IoHost,
): Promise<RollbackPreview | undefined> {
  const { to, without } = options;
  // A failed preview does not block the rollback: the rollback itself reports what is wrong.
  const preview = await previewRollback(ports, { ...(to === undefined ? {} : { to }), without }).catch(() => undefined);
  if (preview === undefined) return undefined;
  const text = renderPreview(preview).map(escapeControls).join("\n");
  host.notify({ code: "RollbackPreview", level: "info", text, data: preview });
  if (preview.givesUp) return preview;
  const ageMs = preview.now - preview.leaves.at;
  if (ageMs <= HOUR_MS) return preview;
  const question = `Release ${preview.leaves.id} was finished ${describeAge(ageMs)} ago. Roll back to ${preview.goesTo}?`;
  const refusal = "Nothing was moved.";
  if (await host.ask({ code: "RollBackOld", text: question, refusal, passesUnattended: true })) return preview;
  throw new AbortError("ApprovalNeeded", "Aborted: rollback not confirmed. No alias was moved.");
}

/**
 * A release that has rolled itself back left what was live before it. Going back from there reverts a release that was
 * good, so that one has to be named.
 */
export async function refuseSecondRollback({ journal, clock }: Pick<ReleasePorts, "journal" | "clock">): Promise<void> {
  // A journal that cannot be read does not block the rollback: the rollback itself reports what is wrong.
  const found = await journal.read().catch(() => undefined);
  if (found === undefined || !isBroughtBack(found.document)) return;
  const { release } = found.document;
  const { id, enteredAt, cause } = release;
  const why = cause === undefined ? "" : `: ${cause.text}`;
  throw new UserError(
    "AlreadyRolledBack",
    `Release ${id} was rolled back ${describeAge(clock.now() - enteredAt)} ago${why}. The versions before it are live; no alias was moved.`,
    { fix: "To go back further, name a release of `tidegate history`: `tidegate rollback <release>`." },
  );
}

/** The release that is left and the target, one line per member, and what a rollback cannot restore. */
export function renderPreview(preview: RollbackPreview): string[] {
  const { leaves, goesTo, members, passedOver, added, removed, stays, gone, givesUp, now } = preview;
  const by = leaves.commit === undefined ? leaves.actor : `${leaves.actor}, ${leaves.commit}`;
  const age = describeAge(now - leaves.at);
  const verb = givesUp ? "Aborts" : "Leaves";
  const when = givesUp ? `started ${age} ago` : `finished ${age} ago`;
  return [
    `${verb} release ${leaves.id} by ${by}, ${when}, for ${goesTo}:`,
    ...members.map(({ path, from, to }) => `  ${path}: version ${from} → ${to}`),
    ...passedOver.map((id) => `  release ${id} is newer and moved no alias: it is skipped`),
    ...added.map((path) => `  was added, and stays: ${path}`),
    ...removed.map((path) => `  was removed, and does not come back: ${path}`),
    ...stays.map((name) => `  stays as it is: ${name}`),
    ...gone.map((name) => `  was removed since, and is not restored: ${name}`),
  ];
}
