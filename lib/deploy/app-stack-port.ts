import type { StackView } from "./stack-view.ts";
import type { ReleaseAlarm, ReleaseMember } from "../assembly/release-metadata.ts";
import type {
  FinaliseOutcome,
  FinaliseRequest,
  ReplacedByStage,
  StageOutcome,
  StageRequest,
  StagedMember,
  StackPort,
} from "../release/engine.ts";
import { UserError } from "../errors.ts";
import type { AppStacks } from "./app-stacks.ts";
import { findDevCode, restoreCode } from "./dev-code.ts";
import { deleteOldResources } from "./delete-old-resources.ts";
import { describeExpansion } from "./expand/describe-expansion.ts";
import { expansionOf } from "./expand/expansion.ts";
import { readContraction } from "./expand/read-contraction.ts";
import { finaliseFailure, finaliseStack } from "./finalise-stacks.ts";
import { versionOf } from "./live-members.ts";
import { memberComparisons } from "./member-comparisons.ts";
import { digestPlan } from "./release-plan.ts";
import { matchConcurrency } from "./versions/match-concurrency.ts";
import { refusedVersions } from "./versions/refused-versions.ts";
import { publishDifferences } from "./versions/publish-differences.ts";
import { patientStackClients, stackClients } from "./stack-clients.ts";
import { readPins } from "./read-pins.ts";
import { readPhysicalIds, readStackState } from "./stack-state.ts";
import { type Target, targetOfStack } from "./target.ts";

/** The release engine's view of an app's stacks. */
export class AppStackPort implements StackPort {
  /** What went wrong last, whole: the engine keeps only its words. */
  failure: unknown;
  readonly #stacks: AppStacks;
  readonly #restoresDevCode: boolean;

  /** `restoresDevCode`: functions whose code a dev session replaced get their stack's again before a stage. */
  constructor(stacks: AppStacks, { restoresDevCode = false }: { readonly restoresDevCode?: boolean } = {}) {
    this.#stacks = stacks;
    this.#restoresDevCode = restoresDevCode;
  }

  async stage(request: StageRequest): Promise<StageOutcome> {
    const signal = AbortSignal.any([request.signal, this.#stacks.options.signal]);
    try {
      const views = await this.#applyStage(request, signal);
      const staged = await this.#readStaged(views, signal);
      return staged.kind === "staged" ? { ...staged, changed: this.#changed() } : staged;
    } catch (error) {
      this.failure = error;
      return { kind: "failed", reason: (error as Error).message };
    }
  }

  /** Updates the stacks; once more where CloudFormation refused to publish versions that exist, and they stay then. */
  async #applyStage(request: StageRequest, signal: AbortSignal): Promise<readonly StackView[]> {
    const views = await this.#stacks.read();
    refuseOtherPlan(request, digestPlan(views, this.#stacks.options.parameters));
    const plans = views.map((view) => this.#stacks.plan(view, request.pinned, request.fence));
    if (this.#restoresDevCode) await restoreCode(await findDevCode(views), signal);
    try {
      await this.#stacks.apply(views, plans, signal);
      return views;
    } catch (error) {
      const refused = refusedVersions(error, views).filter((path) => !this.#stacks.refusedVersions.has(path));
      if (refused.length === 0) throw error;
      for (const path of refused) this.#stacks.refusedVersions.add(path);
      const text = `Lambda has what is deployed of ${refused.join(", ")} as a version already. The stack is updated again, and that version is released.`;
      this.#stacks.options.host.notify({ code: "VersionExists", level: "info", text, data: refused });
      return this.#applyStage(request, signal);
    }
  }

  async finalise(request: FinaliseRequest): Promise<FinaliseOutcome> {
    const { host, target, stacks } = this.#stacks.options;
    try {
      const removed: string[] = [];
      // A stack that imports from another one must remove the import first.
      for (const { stack, target: at, release } of this.#stacks.desired().toReversed()) {
        const job = { stack, target: at, members: release?.members ?? [] };
        removed.push(...(await finaliseStack(job, request.live, request.fence, { host, ...request })));
      }
      return { kind: "finalised", removed };
    } catch (error) {
      this.failure = error;
      return finaliseFailure(error, `${target.stage}, ${stacks.length} stacks: `);
    }
  }

  async pins(): Promise<ReadonlyMap<string, string>> {
    const { stacks, target } = this.#stacks.options;
    const found = await Promise.all(
      stacks.map(async (stack) => {
        return readPins(await stackClients(targetOfStack(target, stack), stack), stack.stackName);
      }),
    );
    return new Map(found.flatMap((pins) => [...pins]));
  }

  /** What stages held back for older versions and no release has removed, for people. Changes nothing. */
  async heldBack(): Promise<readonly string[]> {
    const { stacks, target } = this.#stacks.options;
    const found = await Promise.all(
      stacks.map(async (stack) => {
        const { deployRole } = await stackClients(targetOfStack(target, stack), stack);
        const contraction = await readContraction(deployRole, stack.stackName);
        return contraction === undefined ? [] : describeExpansion(stack.stackName, contraction.expansion);
      }),
    );
    return found.flat();
  }

  async statuses(): Promise<ReadonlyMap<string, string>> {
    const { stacks, target } = this.#stacks.options;
    const found = await Promise.all(
      stacks.map(async (stack) => {
        const { deployRole } = await stackClients(targetOfStack(target, stack), stack);
        const { stackName } = stack;
        return [stackName, (await readStackState(deployRole, stackName))?.status ?? "DELETE_COMPLETE"] as const;
      }),
    );
    return new Map(found);
  }

  async deleteOld(
    resources: readonly ReplacedByStage[],
    confirm: () => Promise<void>,
  ): Promise<ReadonlyMap<string, string>> {
    const { stacks, target } = this.#stacks.options;
    const found = await Promise.all(
      stacks.map(async (stack) => {
        const { caller } = await stackClients(targetOfStack(target, stack), stack);
        return [...(await readPhysicalIds(caller, stack.stackName)).values()];
      }),
    );
    return deleteOldResources(target.aws, resources, { owned: new Set(found.flat()), confirm });
  }

  #changed(): string[] {
    return [...this.#stacks.results].flatMap(([name, { changed }]) => changed.map((one) => `${name}: ${one}`));
  }

  async #readStaged(views: readonly StackView[], signal: AbortSignal): Promise<StageOutcome> {
    const members: StagedMember[] = [];
    const hooks = new Map<string, string>();
    const alarms = new Map<string, string>();
    const subscribers = new Map<string, string>();
    const replaced: ReplacedByStage[] = [];
    for (const view of views) {
      const { stack, target, release } = view;
      const expansion = expansionOf(view.staged.template);
      if (release === undefined && expansion === undefined) continue;
      const { caller } = await patientStackClients(target, stack);
      const ids = await readPhysicalIds(caller, stack.stackName);
      for (const one of expansion?.replaced ?? []) {
        // CloudFormation may have updated it in place after all.
        if (ids.get(one.logicalId) === one.physicalId) continue;
        replaced.push({ stackName: stack.stackName, region: target.region, ...one });
      }
      if (release === undefined) continue;
      const staged = release.members.map((member) => stagedMember(member, ids, target));
      const published = await publishDifferences(target.aws, staged, { host: this.#stacks.options.host, signal });
      await matchConcurrency(view, published);
      members.push(...published);
      for (const { path, resource } of release.hooks) if (ids.has(resource)) hooks.set(path, ids.get(resource)!);
      for (const alarm of release.alarms) alarms.set(alarm.path, alarmName(alarm, ids));
      for (const { path, resource = "" } of release.notifications ?? [])
        if (ids.has(resource)) subscribers.set(path, ids.get(resource)!);
    }
    return { kind: "staged", members, hooks, alarms, subscribers, replaced };
  }
}

/** Other templates than those of the plan must never go live under its name. */
function refuseOtherPlan({ release, templateDigest }: StageRequest, found: string): void {
  if (found === templateDigest) return;
  throw new UserError(
    "StagePlanDiffers",
    `Release ${release} was planned with the templates ${templateDigest}, and the assembly here has ${found}: nothing was staged`,
    { fix: "Run `deploy` from the sources that are to go live." },
  );
}

function stagedMember(member: ReleaseMember, ids: ReadonlyMap<string, string>, target: Target): StagedMember {
  const { region } = target;
  return {
    path: member.path,
    target: { kind: member.kind, name: ids.get(member.resource)!, alias: member.aliasName, region },
    next: versionOf(member, ids.get(member.version)!),
    ...memberComparisons(member, ids, target),
  };
}

function alarmName(alarm: ReleaseAlarm, ids: ReadonlyMap<string, string>): string {
  return alarm.alarmName ?? ids.get(alarm.resource ?? "") ?? alarm.resource ?? alarm.path;
}
