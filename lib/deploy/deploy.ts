import type { StackView } from "./stack-view.ts";
import { refuseUnknownParameters } from "./refuse-unknown-parameters.ts";
import { agreeToReship } from "./agree-to-reship.ts";
import { shortenWaits } from "./shorten-waits.ts";
import { selectStacks } from "./select-stacks.ts";
import type { Assembly, Template } from "../assembly/assembly.ts";
import type { IoHost } from "../io/message.ts";
import {
  EXIT,
  type Lock,
  abortRelease,
  awaitTurn,
  deleteOldResources,
  isDevSince,
  isFinished,
  isWatchSilent,
  startRelease,
  type Driver,
  type OpenPlan,
  type Release,
  type ReleaseOutcome,
  type ReleasePlan,
  type ReleasePorts,
} from "../release/engine.ts";
import { AppStackPort } from "./app-stack-port.ts";
import { AppStacks, type DesiredStack } from "./app-stacks.ts";
import { approveChanges, type ApprovalLevel } from "./approve-changes.ts";
import { handOverToAccount, refuseWithoutDriver } from "./hand-over.ts";
import { checkCaller } from "./check-caller.ts";
import { findDevCode } from "./dev-code.ts";
import { findJournal } from "./journal/find-journal.ts";
import { settleJournal } from "./journal/settle-journal.ts";
import type { StackPlan } from "./plan-stack.ts";
import { checkStack, refuseProblems } from "./preflight.ts";
import type { PublishResult } from "./publish-assets.ts";
import {
  appOf,
  buildReleasePlan,
  isReleased,
  liveVersions,
  type DeployOrigin,
  type ReleaseOverrides,
} from "./release-plan.ts";
import { refuseBreakingStage } from "./refuse-breaking-stage.ts";
import { connectRelease, type ReleaseConnection } from "./release-ports.ts";
import { changedResources } from "./changed-resources.ts";
import { withOpenPlan } from "./with-open-plan.ts";
import type { StackChanges } from "./diff-stacks.ts";
import { stackClients } from "./stack-clients.ts";
import { renderStageMaterial } from "./stage-material.ts";
import { readStackState } from "./stack-state.ts";
import type { Target } from "./target.ts";

/** What is deployed, where, and by whom. */
export interface DeployRequest extends ReleaseOverrides {
  readonly target: Target;
  readonly assembly: Assembly;
  /** Names of stacks; all by default. */
  readonly wanted: readonly string[];
  readonly parameters: Readonly<Record<string, string>>;
  readonly origin: DeployOrigin;
  /** Names this process in the lock, and says whether another holder is known to be dead. */
  readonly holder: { readonly name: string; readonly isGone: (holder: string) => boolean };
  readonly approval: ApprovalLevel;
  readonly allowReplacement: boolean;
  /** Stages although a live version loses something that it needs. @default false */
  readonly allowBreakingStage?: boolean;
  /** Leaves the release to the driver in the account as soon as the stacks are staged. */
  readonly detach: boolean;
  /** Shortens the waits of the rollout to seconds, as for a developer. See `shortenWaits`. @default - the app's waits */
  readonly shortWaits?: { readonly clockSpeed: number };
  readonly host: IoHost;
  /** Aborted when the user stops: the release is aborted and every alias rolled back. */
  readonly signal: AbortSignal;
}

/** One stack after a deploy. */
export interface DeployedStack {
  readonly stackName: string;
  readonly displayName: string;
  readonly outcome: "created" | "updated" | "unchanged" | "failed";
  readonly outputs: Readonly<Record<string, string>>;
}

/** What a deploy came to. */
export interface DeployReport {
  readonly exitCode: number;
  /** Nothing had to be done, and nothing was touched. */
  readonly unchanged: boolean;
  readonly stacks: readonly DeployedStack[];
  readonly assets: PublishResult;
  /** Absent where no function or workflow has an alias of ours. */
  readonly release?: Release;
  /** The driver that continues the release, where it was handed over. */
  readonly handedTo?: Driver;
  /** The error of the stacks, where staging or finalising failed. */
  readonly failure?: unknown;
}

/** Deploys an assembly: plan, look, check, approve, then stacks and traffic as one release. */
export async function deployApp(request: DeployRequest): Promise<DeployReport> {
  const { target, host, signal, parameters } = request;
  const stacks = selectStacks(request.assembly, request.wanted);
  const app = new AppStacks({ target, stacks, host, signal, parameters });
  const desired = app.desired();
  warnOf(refuseProblems(desired.flatMap(({ stack, desired: template }) => checkStack(stack, template))), host);
  refuseUnknownParameters(desired, parameters);
  if (request.detach) refuseWithoutDriver(desired, "detach");
  if (desired.some(({ release }) => release?.watch !== undefined)) refuseWithoutDriver(desired, "watch");
  await checkCaller(desired, request);
  signal.throwIfAborted();
  const name = appOf(desired);
  if (name === undefined) return deployUnreleased(app, request);
  const release = await openRelease(name, desired, request);
  return withOpenPlan(desired, name, release.ports, request, (plan) => deployPlanned(app, plan, release, request));
}

/** Connects to the app's journal, and brings it to where it belongs. */
async function openRelease(
  app: string,
  desired: readonly DesiredStack[],
  { target, host, signal, holder, origin }: DeployRequest,
): Promise<ReleaseConnection> {
  const stacks = desired.map(({ stack }) => stack);
  const { located, aliases } = await findJournal(target, app, stacks, host);
  const found = connectRelease(target, app, { host, located });
  const own = desired.find((one) => one.release !== undefined && one.target.region === target.region);
  return settleJournal(found, {
    target,
    roles: own?.stack ?? {},
    app,
    actor: origin.actor,
    aliases,
    host,
    signal,
    isGone: holder.isGone,
    onWait: (lock) => tellOfWait(lock, found.ports, host),
  });
}

/** Of an app without functions and workflows of ours: its stacks are updated, and no traffic is moved. */
async function deployUnreleased(app: AppStacks, request: DeployRequest): Promise<DeployReport> {
  const views = await app.read();
  const stackPlans = views.map((view) => app.plan(view, liveVersions(views), 0));
  if (await isUnchanged(stackPlans, views)) return reportUnchanged(app, views);
  await approve(views, request);
  await app.apply(views, stackPlans, request.signal);
  return report(app, views, undefined);
}

async function deployPlanned(
  app: AppStacks,
  open: OpenPlan,
  release: ReleaseConnection,
  request: DeployRequest,
): Promise<DeployReport> {
  const views = await app.read();
  const stackPlans = views.map((view) => app.plan(view, liveVersions(views), 0));
  const last = open.document.release;
  const isUnfinished = last !== undefined && !isFinished(last);
  const restoresDevCode = isDevSince(open.document.history) && (await findDevCode(views)).length > 0;
  if (!isUnfinished && !restoresDevCode && (await isUnchanged(stackPlans, views))) {
    await open.close("unchanged");
    if (last?.oldResources !== undefined) await deleteLeftOver(app, release.ports, last, request);
    const handedTo = last && (await restartWatch(last, app, release, open.document.fence));
    return { ...(await reportUnchanged(app, views)), ...(handedTo && { release: last, handedTo }) };
  }
  const diffs = await approve(views, request);
  refuseBreakingStage(views, request.allowBreakingStage === true, request.host);
  request.signal.throwIfAborted();
  const whole = buildReleasePlan(views, { ...request.origin, resources: changedResources(diffs) }, request);
  const plan = shortened(whole, liveVersions(views).size > 0, request);
  await agreeToReship(plan, open.document.history, request.host);
  return releaseApp(app, { views, plan, restoresDevCode }, open, release, request);
}

/** What a release left to the driver in the account replaced is deleted by the next deploy, also by one without changes. */
async function deleteLeftOver(
  app: AppStacks,
  ports: ReleasePorts,
  { app: name, stage }: Release,
  { origin, holder, signal, host }: DeployRequest,
): Promise<void> {
  await awaitTurn(ports, { isGone: holder.isGone, signal, onWait: (lock) => tellOfWait(lock, ports, host) });
  const options = { app: name, stage, actor: origin.actor, holder: holder.name };
  await deleteOldResources({ ...ports, stacks: new AppStackPort(app) }, options);
}

/** A watch without a driver, as its execution was stopped or failed, gets a new one. */
async function restartWatch(
  last: Release,
  app: AppStacks,
  { ports, located }: ReleaseConnection,
  fence: number,
): Promise<Driver | undefined> {
  return isWatchSilent(last, ports.clock.now()) ? handOverToAccount(app, located.bucket)(last, fence) : undefined;
}

async function approve(views: readonly StackView[], request: DeployRequest): Promise<readonly StackChanges[]> {
  const { approval: level, allowReplacement, host, signal } = request;
  const diffs = await approveChanges(views, { level, allowReplacement, host });
  signal.throwIfAborted();
  return diffs;
}

async function isUnchanged(plans: readonly StackPlan[], views: readonly StackView[]): Promise<boolean> {
  return plans.every(({ action }) => action === "none") && (await isReleased(views));
}

interface PlannedRelease {
  readonly views: readonly StackView[];
  readonly plan: ReleasePlan;
  /** Functions whose code a dev session replaced get their stack's again before the stacks are updated. */
  readonly restoresDevCode: boolean;
}

async function releaseApp(
  app: AppStacks,
  { views, plan, restoresDevCode }: PlannedRelease,
  open: OpenPlan,
  { ports, wake, located }: ReleaseConnection,
  request: DeployRequest,
): Promise<DeployReport> {
  const stacks = new AppStackPort(app, { restoresDevCode });
  const withStacks = { ...ports, stacks };
  const options = { app: plan.app, stage: plan.stage, actor: request.origin.actor, holder: request.holder.name };
  const { isGone } = request.holder;
  await awaitTurn(ports, { isGone, signal: request.signal, onWait: (lock) => tellOfWait(lock, ports, request.host) });
  const giveUp = () => {
    const reason = "stopped by the user";
    void abortRelease(withStacks, { ...options, reason }).then(wake, wake);
  };
  request.signal.addEventListener("abort", giveUp, { once: true });
  try {
    const toAccount = handOverToAccount(app, located.bucket);
    const handOver = request.detach ? { handOver: toAccount } : {};
    const startWatch = plan.watch === undefined ? {} : { startWatch: toAccount };
    const planned = await keepPlan(plan, ports, views, request.parameters);
    const starting = { ...options, planId: open.id, ...handOver, ...startWatch };
    const outcome = await startRelease(planned, withStacks, starting);
    await open.close("joined", outcome.release && `release ${outcome.release.id} was resumed instead`);
    return await report(app, app.desired(), outcome, stacks.failure);
  } finally {
    request.signal.removeEventListener("abort", giveUp);
  }
}

/** Says so, where there is traffic to shift. */
function shortened(plan: ReleasePlan, shifts: boolean, { shortWaits, host }: DeployRequest): ReleasePlan {
  if (shortWaits === undefined) return plan;
  const { plan: short, text } = shortenWaits(plan, shortWaits.clockSpeed);
  if (text !== undefined && shifts) host.notify({ code: "WaitsShortened", level: "info", text, data: short.policy });
  return short;
}

/** The staged material is stored beside the journal first: a deployer that resumes the release stages exactly that. */
async function keepPlan(
  plan: ReleasePlan,
  { journal }: ReleasePorts,
  views: readonly StackView[],
  parameters: Readonly<Record<string, string>>,
): Promise<ReleasePlan> {
  const material = await journal.keep(renderStageMaterial(views, parameters));
  return { ...plan, origin: { ...plan.origin, material } };
}

function tellOfWait(lock: Lock, { clock }: ReleasePorts, host: IoHost): void {
  const seconds = Math.ceil((lock.leaseUntil - clock.now()) / 1000);
  const text = `${lock.actor} holds the release. Waiting for its next sign of life, or for its lease to end in ${seconds} s.`;
  host.notify({ code: "WaitingForLock", level: "warn", text, data: lock });
}

async function reportUnchanged(app: AppStacks, views: readonly StackView[]): Promise<DeployReport> {
  return { ...(await report(app, views, undefined)), unchanged: true };
}

/** `views` with the states of the stacks, where they were read after the last change. */
async function report(
  app: AppStacks,
  views: readonly (DesiredStack & Partial<Pick<StackView, "state">>)[],
  outcome: ReleaseOutcome | undefined,
  failure?: unknown,
): Promise<DeployReport> {
  const failed = outcome !== undefined && outcome.exitCode !== 0;
  const stacks = await Promise.all(
    views.map(async ({ stack, target, state, desired }): Promise<DeployedStack> => {
      const result = app.results.get(stack.stackName);
      const { deployRole } = await stackClients(target, stack);
      const now = result?.state ?? state ?? (await readStackState(deployRole, stack.stackName));
      const untouched = failed && now === undefined ? "failed" : "unchanged";
      return {
        stackName: stack.stackName,
        displayName: stack.displayName,
        outcome: result?.outcome ?? untouched,
        outputs: declaredOutputs(now?.outputs, desired.template),
      };
    }),
  );
  return {
    exitCode: exitCodeOf(outcome),
    unchanged: outcome?.unchanged ?? false,
    stacks,
    assets: app.published,
    ...(outcome?.release && { release: outcome.release }),
    ...(outcome?.handedTo && { handedTo: outcome.handedTo }),
    ...(failure !== undefined && { failure }),
  };
}

/** Without the outputs that a stage held back. */
function declaredOutputs(found: DeployedStack["outputs"] = {}, { Outputs = {} }: Template): DeployedStack["outputs"] {
  return Object.fromEntries(Object.entries(found).filter(([name]) => Object.hasOwn(Outputs, name)));
}

/** Stacks that failed are a failure: traffic was never touched, so no gate took anything back. */
function exitCodeOf(outcome: ReleaseOutcome | undefined): number {
  const rolledBack = outcome?.exitCode === EXIT.rolledBack && outcome.release?.cause?.trigger === "stage";
  return rolledBack ? EXIT.failed : (outcome?.exitCode ?? EXIT.done);
}

function warnOf(warnings: readonly { readonly code: string; readonly text: string }[], host: IoHost): void {
  for (const { code, text } of warnings) host.notify({ code, level: "warn", text });
}
