import { movingMembers, stableOf } from "../decide/members.ts";
import { isGoneBackFrom } from "../history.ts";
import { isBlank, pendingPlans } from "../plan-records.ts";
import type { HistoryEntry, JournalDocument } from "../ports/journal-port.ts";
import type { ReleasePorts } from "../ports/ports.ts";
import { chooseTarget, entriesOf, isUnderWay, type RollbackOptions } from "./rollback.ts";

/** What a rollback would do, from the journal alone. */
export interface RollbackPreview {
  /** The release that is left. */
  readonly leaves: { readonly id: string; readonly actor: string; readonly commit?: string; readonly at: number };
  /** Where it goes, in words. */
  readonly goesTo: string;
  /** Aliases that move, by what is recorded of them. */
  readonly members: readonly { readonly path: string; readonly from: string; readonly to: string }[];
  /** Newer releases that moved no alias, and are passed over. */
  readonly passedOver: readonly string[];
  /** Functions and workflows that the releases left behind added: they stay, with the version that they have. */
  readonly added: readonly string[];
  /** Those that they removed: they stay away. */
  readonly removed: readonly string[];
  /** Resources that the releases left behind changed besides code: they stay as they are. */
  readonly stays: readonly string[];
  /** Resources that the versions gone back to may need, and that were removed since. */
  readonly gone: readonly string[];
  /** A release under way is aborted, instead of rolled back. */
  readonly givesUp: boolean;
  /** The endpoint's time. */
  readonly now: number;
}

/** Looks at the journal, and changes nothing. Undefined where the rollback would move no alias by what is recorded. */
export async function previewRollback(
  { journal, clock }: Pick<ReleasePorts, "journal" | "clock">,
  { to, without = [] }: Pick<RollbackOptions, "to" | "without">,
): Promise<RollbackPreview | undefined> {
  const found = await journal.read();
  if (found === undefined || isBlank(found)) return undefined;
  const { document } = found;
  const { release } = document;
  const preview =
    release !== undefined && isUnderWay(release)
      ? previewGivingUp(document)
      : to === undefined && pendingPlans(document).length > 0
        ? undefined
        : previewGoingBack(document, to);
  if (preview === undefined) return undefined;
  const members = preview.members.filter(({ path }) => !without.includes(path));
  const removed = preview.removed.filter((path) => !without.includes(path));
  return members.length === 0 ? undefined : { ...preview, members, removed, now: clock.now() };
}

type Preview = Omit<RollbackPreview, "now">;

function previewGivingUp(document: JournalDocument): Preview | undefined {
  const { release } = document;
  if (release === undefined) return undefined;
  const { id, origin, createdAt } = release;
  const { actor, commit, resources = [] } = origin;
  return {
    leaves: { id, actor, ...(commit === undefined ? {} : { commit }), at: createdAt },
    goesTo: "the versions before it",
    members: movingMembers(release).map(({ path, next = "" }) => ({ path, from: next, to: stableOf(release, path)! })),
    passedOver: [],
    ...membership(entriesOf(document), 1),
    stays: resources,
    gone: release.contracted ?? [],
    givesUp: true,
  };
}

function previewGoingBack(document: JournalDocument, to: string | undefined): Preview | undefined {
  const target = chooseTarget(document, to);
  const entries = entriesOf(document);
  const left = to === undefined ? entries.find(isGoneBackFrom) : entries[0];
  if (target === undefined || left === undefined) return undefined;
  const { passedOver, leftBehind } = splitEntries(entries, left, to);
  const members = target.members
    .map(({ path, live, back }) => ({ path, from: live, to: back }))
    .filter((member) => member.from !== member.to);
  const { id, actor, commit, finishedAt } = left;
  return {
    leaves: { id, actor, ...(commit === undefined ? {} : { commit }), at: finishedAt },
    goesTo: target.name,
    members,
    passedOver: passedOver.map((entry) => entry.id),
    ...membership(entries, leftBehind.length),
    stays: [...new Set(leftBehind.filter(isStagedEntry).flatMap(({ resources = [] }) => resources))],
    gone: [...new Set(leftBehind.flatMap(({ contracted = [] }) => contracted))],
    givesUp: false,
  };
}

/** CloudFormation took back what a stage changed that failed. */
function isStagedEntry({ state, cause }: HistoryEntry): boolean {
  return state !== "ROLLED_BACK" || cause?.trigger !== "stage";
}

/** The members that the newest releases added and removed, by those of the release before them. Entries are newest first. */
function membership(entries: readonly HistoryEntry[], count: number): Pick<RollbackPreview, "added" | "removed"> {
  const [newest, older] = [entries[0], entries.slice(count).find(isWhole)];
  if (newest === undefined || older === undefined) return { added: [], removed: [] };
  const present = entries.slice(0, count).find(isWhole) ?? newest;
  return { added: pathsBeside(present, older), removed: pathsBeside(older, present) };
}

/** A rollback records only the members that it moves; a dev session those that were saved. */
function isWhole({ kind }: HistoryEntry): boolean {
  return kind === "deploy";
}

function pathsBeside({ members }: HistoryEntry, other: HistoryEntry): readonly string[] {
  const known = new Set(other.members.map(({ path }) => path));
  return members.map(({ path }) => path).filter((path) => !known.has(path));
}

/** What a rollback does not undo, for people: an item a line. */
export function notUndone({ added, removed, stays, gone }: RollbackPreview): readonly string[] {
  return [
    ...added.map((path) => `${path} was added: it stays, with the version that it has`),
    ...removed.map((path) => `${path} was removed: it does not come back`),
    ...stays,
    ...gone.map((name) => `${name} (removed after the promotion)`),
  ];
}

/** Entries are newest first: up to the one that is left, or up to the one that is named, which stays. */
function splitEntries(entries: readonly HistoryEntry[], left: HistoryEntry, to: string | undefined) {
  if (to !== undefined)
    return {
      passedOver: [],
      leftBehind: entries.slice(
        0,
        entries.findIndex(({ id }) => id === to),
      ),
    };
  const at = entries.indexOf(left);
  const isQuiet = ({ kind, state }: HistoryEntry) => kind !== "rollback" && state !== "ROLLED_BACK";
  return { passedOver: entries.slice(0, at).filter(isQuiet), leftBehind: entries.slice(0, at + 1) };
}
