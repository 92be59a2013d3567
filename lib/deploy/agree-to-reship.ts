import { AbortError } from "../errors.ts";
import type { IoHost } from "../io/message.ts";
import { findReverted, type HistoryEntry, type ReleasePlan } from "../release/engine.ts";
import { escapeControls } from "../util/escape-controls.ts";

/** Asks before what was rolled back is released again. Without a terminal the deploy continues, with a warning. */
export async function agreeToReship(
  { origin }: Pick<ReleasePlan, "origin">,
  history: readonly HistoryEntry[],
  host: IoHost,
): Promise<void> {
  const reverted = findReverted(history, origin.templateDigest);
  if (reverted === undefined) return;
  const { id, cause } = reverted;
  const why = cause === undefined ? "" : `: ${cause.text}`;
  const text = escapeControls(`This is what release ${id} brought, which was rolled back${why}.`);
  host.notify({ code: "RolledBackBefore", level: "warn", text, data: { release: id, cause } });
  const question = { code: "DeployRolledBack", text: "Release it again?", refusal: "Nothing was changed." } as const;
  if (await host.ask({ ...question, passesUnattended: true })) return;
  throw new AbortError("ApprovalNeeded", "Aborted: deployment not confirmed. No changes were made.");
}
