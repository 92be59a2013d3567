import { randomUUID } from "node:crypto";
import { RemoteError } from "../errors.ts";
import type { ReleaseEvent } from "./events.ts";
import { isSameShape } from "./alias-shape.ts";
import type { Release } from "./model.ts";
import { isBlank } from "./plan-records.ts";
import type { ReleasePlan } from "./plan.ts";
import type { JournalDocument, JournalPort, JournalRemains, TaggedDocument } from "./ports/journal-port.ts";
import type { ReleasePorts } from "./ports/ports.ts";
import { readTraces, rebuild, type Trace } from "./rebuild.ts";

/** How a journal was found. */
export type JournalCondition =
  /** It can be read. */
  | "sound"
  /** There is none, or only a deploy that is being planned; and nothing says that there ever was more. */
  | "none"
  /** It is gone or damaged; an earlier version of it matches the aliases. */
  | "restorable"
  /** It is gone or damaged; what there is of it comes from the aliases. */
  | "rebuilt";

/** A journal, or its replacement where it is damaged or gone. */
export interface JournalFinding {
  readonly condition: JournalCondition;
  /** Absent where there is none. */
  readonly document?: JournalDocument;
  /** What a write has to insist on; absent where nothing is there. */
  readonly tag?: string;
  /** The app's aliases with their stamps. Absent where the journal is sound. */
  readonly traces?: readonly Trace[];
  /** What is wrong, as a clause: `the journal is missing`. Absent where nothing is. */
  readonly trouble?: string;
}

type LookPorts = Pick<ReleasePorts, "journal" | "aliases" | "clock">;

/** Aliases and terms that replace a damaged journal; read only then. Undefined where they are not known. */
export type PlanSource = () => ReleasePlan | undefined | Promise<ReleasePlan | undefined>;

/** Reads the journal or, where that fails, finds a replacement. Changes nothing. */
export async function findJournal(ports: LookPorts, planOf: PlanSource): Promise<JournalFinding> {
  const found = await readOrTrouble(ports.journal);
  const blank = "document" in found ? found : undefined;
  if (blank !== undefined && !isBlank(blank)) return { condition: "sound", ...blank };
  const plan = await planOf();
  if (plan === undefined && "error" in found && found.error !== undefined) throw found.error;
  if (plan === undefined) return { condition: blank === undefined ? "none" : "sound", ...blank };
  const remains = await ports.journal.salvage();
  const trouble = "trouble" in found ? found.trouble : MISSING;
  const plans = blank?.document.plans === undefined ? {} : { plans: blank.document.plans };
  const traces = await readTraces(plan.members, ports);
  const tag = remains.tag === undefined ? {} : { tag: remains.tag };
  if (remains.earlier !== undefined && agrees(remains.earlier, traces)) {
    return { condition: "restorable", document: { ...remains.earlier, ...plans }, trouble, traces, ...tag };
  }
  const isUntold = remains.earlier === undefined && (blank !== undefined || remains.tag === undefined);
  if (isUntold && traces.every(({ stamp }) => stamp === undefined)) return { condition: "none", traces, ...blank };
  const document = { ...rebuiltDocument(plan, traces, remains, ports.clock.now()), ...plans };
  return { condition: "rebuilt", document, trouble, traces, ...tag };
}

/** As `findJournal`, and writes the replacement of a damaged journal, so that every verb continues from there. */
export async function mendJournal(ports: LookPorts, planOf: PlanSource): Promise<JournalFinding> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await findJournal(ports, planOf);
    if (found.condition === "sound" || found.condition === "none" || found.document === undefined) return found;
    const document = { ...found.document, writeId: `repair/${randomUUID()}` };
    const outcome = await ports.journal.write(document, found.tag);
    if (outcome.kind === "written") return { ...found, document, tag: outcome.tag };
  }
  throw new RemoteError("JournalContended", "The release journal is being written by others without a pause.", {
    fix: "Run the command again.",
  });
}

const ATTEMPTS = 5;
const MISSING = "the journal is missing";

interface Trouble {
  readonly trouble: string;
  readonly error?: RemoteError;
}

/** The document, or what is wrong with it. */
async function readOrTrouble(journal: JournalPort): Promise<TaggedDocument | Trouble> {
  try {
    return (await journal.read()) ?? { trouble: MISSING };
  } catch (error) {
    if (error instanceof RemoteError && error.code === "JournalDamaged") {
      return { trouble: "the journal is damaged", error };
    }
    throw error;
  }
}

/**
 * Whether a version of the journal may be the last one: no alias carries a higher fence, and each one that the release
 * has written serves what the version says that it was written to.
 */
function agrees({ fence, release, history }: JournalDocument, traces: readonly Trace[]): boolean {
  return traces.every(({ member, snapshot, stamp }) => {
    if (stamp === undefined) return true;
    if (stamp.fence > fence) return false;
    if (stamp.release !== release?.id) return stamp.fence < fence || history.some(({ id }) => id === stamp.release);
    const { verified, intent } = release.progress[member.path] ?? {};
    const known = [verified, intent?.goal, intent?.before, ...(intent?.alsoPossible ?? [])];
    return known.some((shape) => shape !== undefined && isSameShape(shape, snapshot));
  });
}

function rebuiltDocument(
  plan: ReleasePlan,
  traces: readonly Trace[],
  { earlier }: JournalRemains,
  now: number,
): JournalDocument {
  const { nextFence, release, last } = rebuild(plan, traces, now);
  const fence = Math.max(nextFence - 1, earlier?.fence ?? 0);
  const sequence = (earlier?.sequence ?? 0) + (release === undefined ? 0 : 1);
  const history = (earlier?.history ?? []).filter(({ id }) => id !== last?.id);
  return {
    format: 1,
    app: plan.app,
    stage: plan.stage,
    writeId: "",
    fence,
    ...(release === undefined ? {} : { release }),
    requests: [],
    history: [...(last === undefined ? [] : [last]), ...history],
    sequence,
    pending: release === undefined ? [] : [rebuiltEvent(release, sequence, fence, now)],
    outbox: [],
  };
}

function rebuiltEvent(release: Release, seq: number, fence: number, at: number): ReleaseEvent {
  const { actor, templateDigest } = release.origin;
  const text = "the journal was lost: this release is rebuilt from the aliases' descriptions";
  const { id, state } = release;
  return {
    code: "ReleaseRebuilt",
    text,
    trigger: "recovery",
    seq,
    release: id,
    state,
    at,
    fence,
    templateDigest,
    actor,
  };
}
