import { findJournal, type JournalFinding, mendJournal } from "../mend-journal.ts";
import type { ReleasePlan } from "../plan.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { EXIT } from "../exit-code.ts";
import type { KnownAlias, ReleaseOutcome } from "./outcome.ts";
import { planOfAliases } from "./known-plan.ts";

/** Whose journal it is, and what makes up for it where it fails. */
export interface JournalOptions {
  readonly app: string;
  readonly stage: string;
  readonly actor: string;
  /**
   * Reads the app's aliases from the stacks: called only when the journal is damaged or gone. @default - no replacement
   */
  readonly aliases?: () => Promise<readonly KnownAlias[]>;
}

type OpenPorts = Pick<ReleasePorts, "journal" | "aliases" | "clock">;

/** Reads the journal for a verb that acts. A damaged one is repaired first. */
export function openJournal(ports: OpenPorts, options: JournalOptions): Promise<JournalFinding> {
  return mendJournal(ports, planSource(options));
}

/** Reads the journal, or what makes up for it, for a verb that only looks. Changes nothing. */
export function lookIntoJournal(ports: OpenPorts, options: Partial<JournalOptions> = {}): Promise<JournalFinding> {
  const { app = "", stage = "", actor = "", aliases } = options;
  return findJournal(ports, planSource({ app, stage, actor, ...(aliases && { aliases }) }));
}

function planSource({ aliases, ...who }: JournalOptions): () => Promise<ReleasePlan | undefined> {
  return async () => (aliases === undefined ? undefined : planOfAliases(await aliases(), who));
}

/**
 * The outcome of a verb that found nothing to act on: never 0. Where aliases are live and the journal does not say what
 * they served before, finding nothing to act on is a problem.
 */
export function nothingFound(found: JournalFinding, release = found.document?.release): ReleaseOutcome {
  const isUnrecorded = found.condition === "rebuilt" || (found.condition === "none" && found.traces?.length !== 0);
  return {
    exitCode: isUnrecorded && found.traces !== undefined ? EXIT.journalLost : EXIT.nothingToDo,
    unchanged: true,
    journal: found.condition,
    ...(release === undefined ? {} : { release }),
  };
}
