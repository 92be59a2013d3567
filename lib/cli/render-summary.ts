import type { AliasProgress, VersionProgress } from "../io/progress.ts";
import type { StatusSummary } from "../release/engine.ts";
import { describeAge } from "../util/describe-age.ts";
import { escapeControls } from "../util/escape-controls.ts";

/** Since when, why, who drives, and what both versions of each alias did. */
export function renderSummary({ since, reason, driver, evidence }: StatusSummary, now: number): string[] {
  const time = (at: number) => `${new Date(at).toISOString()}, ${describeAge(now - at)} ago`;
  return [
    `  since ${time(since)}${reason === undefined ? "" : `: ${reason}`}`,
    ...(driver === undefined
      ? []
      : [
          `  driver ${driver.actor}, last seen ${describeAge(now - driver.seenAt)} ago${driver.isSilent ? ": silent" : ""}`,
        ]),
    ...evidence.map(renderEvidence),
  ].map(escapeControls);
}

function renderEvidence({ path, stable, next }: AliasProgress): string {
  return `  ${path}: stable ${renderCounts(stable)}; next ${renderCounts(next)}`;
}

function renderCounts({ version, calls, failed }: VersionProgress): string {
  return calls === undefined
    ? `version ${version} without figures`
    : `version ${version} ${calls} calls, ${failed ?? 0} failed`;
}

/** The verbs that lead on, a line each. */
export function renderNext({ next }: StatusSummary): string[] {
  const width = Math.max(...next.map(({ verb }) => verb.length), 0);
  return next.map(({ verb, does }, index) => `  ${index === 0 ? "next:" : "     "} ${verb.padEnd(width)}  ${does}`);
}
