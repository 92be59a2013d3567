import type { Finding } from "./finding.ts";

interface Row {
  readonly state: Finding["state"];
  readonly text: string;
  /** A verb of Tidegate. */
  readonly fix?: string;
}

/** By the standing of the release, as `status --exit-code` has it. */
const ROWS: Readonly<Record<string, Row>> = {
  settled: { state: "ok", text: "no release is under way" },
  "nothing-deployed": { state: "ok", text: "there is no release yet" },
  running: { state: "ok", text: "a release is under way and has a driver" },
  paused: { state: "warning", text: "a release is paused", fix: "resume" },
  unattended: { state: "problem", text: "a release was abandoned: its driver is silent", fix: "resume" },
  blocked: { state: "problem", text: "an alias could not be rolled back", fix: "status" },
  drifted: { state: "problem", text: "an alias does not serve what is recorded", fix: "status" },
  "finalise-pending": { state: "warning", text: "the stacks' parameters do not follow the aliases yet", fix: "resume" },
  "journal-lost": { state: "problem", text: "the journal of the releases is missing or damaged", fix: "status" },
  unreadable: { state: "problem", text: "an alias cannot be read", fix: "status" },
};

/** What the standing of the release means, and the verb that helps. */
export function releaseFinding(standing: string, stage: string): Finding {
  const { fix, ...row } = ROWS[standing] ?? { state: "warning", text: `the release is ${standing}`, fix: "status" };
  const at = stage === "local" ? "" : ` --stage ${stage}`;
  return { check: "release", ...row, ...(fix === undefined ? {} : { fix: `tidegate ${fix}${at}` }) };
}
