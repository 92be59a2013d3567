import {
  abortRelease,
  breakDeadLock,
  describeOld,
  explainRelease,
  type Explanation,
  isFinished,
  notUndone,
  lookIntoJournal,
  openJournal,
  pauseRelease,
  promoteRelease,
  pruneVersions,
  releaseHistory,
  releaseStatus,
  releaseExitCode,
  standingOf,
  STANDING_EXIT,
  resumeRelease,
  rollbackRelease,
  summariseStatus,
  type JournalFinding,
  type OldResource,
  type Release,
  type ReleaseOutcome,
  type ReleasePorts,
} from "../../release/engine.ts";
import { UserError } from "../../errors.ts";
import { traceMapperOf } from "../../look/traces/trace-mapper.ts";
import { mapExplanation } from "../map-explanation.ts";
import { watchRelease } from "../../deploy/watch-release.ts";
import { plannedStackPortOf, restarterOf, stackPortOf } from "../stack-port-of.ts";
import { agreeToRollback, refuseSecondRollback } from "../agree-to-rollback.ts";
import { openAppJournal, type AppJournal } from "../app-journal.ts";
import { appNameOf, tryAppName } from "../app-name.ts";
import { connect, connectToRead, type Connection } from "../connect.ts";
import { EXIT } from "../exit-codes.ts";
import { escapeControls } from "../../util/escape-controls.ts";
import { renderNext, renderSummary } from "../render-summary.ts";
import { parseCount } from "../parse-count.ts";
import { isHolderGone } from "../holder.ts";
import {
  renderExplanation,
  renderHeldBack,
  renderHistory,
  renderOldResources,
  renderOutcome,
  renderPruning,
  renderStacks,
  renderStatus,
  renderTrouble,
} from "../render-release.ts";
import type { VerbContext, VerbResult } from "../verb.ts";

type Options = Readonly<Record<string, unknown>>;

interface Steering extends AppJournal {
  readonly connection: Connection;
  readonly app: string;
  readonly who: AppJournal["who"] & { readonly reason?: string };
}

/** Puts every alias back, by one call each, before anything else. */
export async function runRollback(options: Options, context: VerbContext): Promise<VerbResult> {
  const steering = await steerAlone(options, context);
  const to = typeof options["release"] === "string" ? options["release"] : undefined;
  const without = readPaths(options["without"]);
  if (to === undefined) await refuseSecondRollback(steering.ports);
  const preview = await agreeToRollback(steering.ports, { to, without }, context.host);
  const leaves = preview?.givesUp === false ? preview.leaves.id : undefined;
  const stacks = await stackPortOf(steering.connection, options, context);
  const ports = { ...steering.ports, ...(stacks && { stacks }) };
  const going = { ...steering.who, without, ...(to && { to }), ...(leaves && { leaves }) };
  const outcome = await rollbackRelease(ports, going);
  const isBack = outcome.exitCode === EXIT.done && outcome.leftTo === undefined && outcome.givenUp === undefined;
  const left = isBack && preview !== undefined ? notUndone(preview) : [];
  return left.length === 0 ? toResult("rollback", outcome) : undoneInPart(outcome, left);
}

/** A rollback that went well and left something of the release behind has a code of its own, and names it. */
function undoneInPart(outcome: ReleaseOutcome, notUndone: readonly string[]): VerbResult {
  const exitCode = EXIT.partlyUndone;
  const { document, lines } = toResult("rollback", { ...outcome, exitCode });
  return {
    exitCode,
    document: { ...document, notUndone },
    lines: [
      ...lines,
      "Traffic is back. A rollback moves nothing else; of the release this is not undone:",
      ...notUndone.map((text) => escapeControls(`  ${text}`)),
      "To undo it, deploy the sources from before the release.",
    ],
  };
}

function readPaths(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.map(String) : [];
}

const WISHES = { pause: pauseRelease, promote: promoteRelease, abort: abortRelease };

/** Leaves a request for the release's driver, or drives the release here if it has no driver. */
export async function runWish(
  verb: "pause" | "resume" | "promote" | "abort",
  options: Options,
  context: VerbContext,
): Promise<VerbResult> {
  const steering = await steerAlone(options, context);
  const { connection } = steering;
  const stacks =
    verb === "abort"
      ? await stackPortOf(connection, options, context)
      : await plannedStackPortOf(connection, options, context, steering);
  const ports: ReleasePorts = { ...steering.ports, ...(stacks && { stacks }) };
  const startWatch = verb === "resume" ? restarterOf(connection, options, context, steering.located.bucket) : undefined;
  const driving = { ...steering.who, signal: context.signal, ...(startWatch && { startWatch }) };
  const outcome = verb === "resume" ? await resumeRelease(ports, driving) : await WISHES[verb](ports, driving);
  return toResult(verb, outcome);
}

/** Aliases as they are, against the journal. */
export async function runStatus(options: Options, context: VerbContext): Promise<VerbResult> {
  const connection = await connectToRead(options, context);
  const stacks = await stackPortOf(connection, options, context);
  const name = tryAppName(connection.project, options, context.folder);
  if (stacks !== undefined && name === undefined) return statusOfStacks(connection, await stacks.statuses());
  const { ports, app, who } = await steerAt(connection, options, context);
  const watched = options["watch"] === true;
  if (watched) await watchRelease(ports, { host: context.host, signal: context.signal });
  const status = await releaseStatus({ ...ports, ...(stacks && { stacks }) }, who);
  const summary = await summariseStatus(status, ports);
  const heldBack = (await stacks?.heldBack()) ?? [];
  const oldResources = leftOver(status.release, heldBack);
  const { stacks: statuses, ...rest } = status;
  const standing = standingOf(status);
  const watchedExit = watched && status.release !== undefined ? releaseExitCode(status.release) : EXIT.done;
  return {
    exitCode: options["exitCode"] === true ? STANDING_EXIT[standing] : watchedExit,
    document: {
      app,
      stage: connection.stage.name,
      standing: { name: standing, exitCode: STANDING_EXIT[standing] },
      ...rest,
      ...(summary && { summary }),
      stacks: statuses && Object.fromEntries(statuses),
      heldBack,
      oldResources,
    },
    lines: [
      ...renderStatus(app, connection.stage.name, status),
      ...(summary === undefined ? [] : renderSummary(summary, status.now)),
      ...renderHeldBack(heldBack),
      ...renderOldResources(oldResources),
      ...(summary === undefined ? [] : renderNext(summary)),
    ],
  };
}

/** Replaced resources that finished releases left: the others still wait for a promotion. */
function leftOver(release: Release | undefined, heldBack: readonly string[]): readonly OldResource[] {
  if (release === undefined || !isFinished(release)) return [];
  return (release.oldResources ?? []).filter((one) => !heldBack.includes(describeOld(one)));
}

/** Of an app without a function or workflow of ours: nothing in it is released. */
function statusOfStacks({ stage }: Connection, stacks: ReadonlyMap<string, string>): VerbResult {
  return {
    exitCode: EXIT.done,
    document: { stage: stage.name, aliases: [], stacks: Object.fromEntries(stacks) },
    lines: [`Stage ${stage.name}: the app has no functions or workflows that are released.`, ...renderStacks(stacks)],
  };
}

/** Deletes versions that nothing needs. */
export async function runPrune(options: Options, context: VerbContext): Promise<VerbResult> {
  const keepVersions = options["keep"] === undefined ? undefined : parseCount(options["keep"], "--keep");
  const { ports, who, connection } = await steerAlone(options, context);
  const stacks = await stackPortOf(connection, options, context);
  const dryRun = options["dryRun"] === true;
  const outcome = await pruneVersions({ ...ports, ...(stacks && { stacks }) }, { ...who, keepVersions, dryRun });
  return { exitCode: EXIT.done, document: { ...outcome, dryRun }, lines: renderPruning(outcome, dryRun) };
}

/** The finished releases. */
export async function runHistory(options: Options, context: VerbContext): Promise<VerbResult> {
  const { ports, who } = await steerAt(await connectToRead(options, context), options, context);
  const { releases, plans, found } = await releaseHistory(ports, who);
  return {
    exitCode: isIncomplete(found) ? EXIT.journalLost : EXIT.done,
    document: { journal: pickJournal(found), releases, plans },
    lines: [...renderTrouble(found), ...renderHistory(releases, plans)],
  };
}

/** Explains the state of a release. */
export async function runExplain(options: Options, context: VerbContext): Promise<VerbResult> {
  const connection = await connectToRead(options, context);
  const { ports, app, who } = await steerAt(connection, options, context);
  const id = typeof options["release"] === "string" ? options["release"] : undefined;
  const found = await explainRelease(ports, id, who);
  if (id !== undefined && (found === undefined || isUnknown(found))) {
    throw new UserError("ReleaseUnknown", `There is no release ${id} of ${app}, stage ${who.stage}`, {
      fix: "Choose one that `tidegate history` shows, or leave the id out to explain the last release.",
    });
  }
  const { project, target } = connection;
  const explanation = found && (await mapExplanation(found, target.aws, traceMapperOf(project.folder)));
  return {
    exitCode: explanation === undefined ? EXIT.failed : EXIT.done,
    document: explanation ?? { release: null },
    lines: explanation === undefined ? [`There is no such release of ${app}.`] : renderExplanation(explanation),
  };
}

/** Neither the journal nor a log has anything of it. */
function isUnknown({ state, events }: Explanation): boolean {
  return state === undefined && events.length === 0;
}

/** The history before the journal was lost is not known. */
function isIncomplete({ condition }: JournalFinding): boolean {
  return condition === "rebuilt";
}

function pickJournal({ condition, trouble }: JournalFinding) {
  return { condition, ...(trouble === undefined ? {} : { trouble }) };
}

/** Like `steerAt`, with the lock of a driver that is known to be dead out of the way. */
async function steerAlone(options: Options, context: VerbContext): Promise<Steering> {
  const steering = await steerAt(await connect(options, context), options, context);
  const { ports, who } = steering;
  const found = await lookIntoJournal(ports, who);
  for (const text of renderTrouble(found)) context.host.notify({ code: "JournalTrouble", level: "warn", text });
  if (found.condition === "restorable") await openJournal(ports, who);
  if (found.condition !== "rebuilt") await breakDeadLock(ports.journal, isHolderGone);
  return steering;
}

async function steerAt(connection: Connection, options: Options, context: VerbContext): Promise<Steering> {
  const app = appNameOf(connection.project, options, context.folder);
  const reason = typeof options["message"] === "string" ? options["message"] : undefined;
  const journal = await openAppJournal(connection, app, options, context);
  return { ...journal, connection, app, who: { ...journal.who, ...(reason && { reason }) } };
}

function toResult(verb: string, outcome: ReleaseOutcome) {
  const { release, leftTo, unchanged, exitCode, givenUp, handedTo } = outcome;
  return {
    exitCode,
    document: {
      verb,
      exitCode,
      unchanged,
      ...(outcome.journal && { journal: outcome.journal }),
      ...(leftTo && { leftTo }),
      ...(handedTo && { handedTo }),
      ...(givenUp && { givenUp }),
      ...(release && {
        release: {
          id: release.id,
          kind: release.kind,
          state: release.state,
          cause: release.cause,
          stragglers: release.stragglers,
        },
      }),
    },
    lines: renderOutcome(verb, outcome),
  };
}
