import { getKnown } from "../util/get-known.ts";
import type { StackView } from "./stack-view.ts";
import type { Change } from "@aws-sdk/client-cloudformation";
import type { AssemblyStack } from "../assembly/assembly.ts";
import { readTemplate, type ReadTemplate, releaseMetadataOf } from "../assembly/read-template.ts";
import type { ReleaseMember } from "../assembly/release-metadata.ts";
import type { IoHost } from "../io/message.ts";
import { applyStack, type StackResult } from "./apply-stack.ts";
import { stageTemplates } from "./expand/stage-templates.ts";
import { inDependencyOrder } from "./in-dependency-order.ts";
import { readLiveMembers, versionOf } from "./live-members.ts";
import { planStack, type StackPlan } from "./plan-stack.ts";
import { publishAssets, type AssetJob, type PublishResult } from "./publish-assets.ts";
import { readDeployedTemplate, readPhysicalIds, readStackState } from "./stack-state.ts";
import { patientStackClients } from "./stack-clients.ts";
import { targetOfStack, type Target } from "./target.ts";
import { chosenSsmName, isLookedUp, readSsmValues } from "./ssm-parameters.ts";
import { keepDeployedVersions } from "./versions/keep-deployed-versions.ts";
import { isInline, stagedTemplateJobs } from "./template-source.ts";

/** What of a stack is known without a call. */
export type DesiredStack = Pick<StackView, "stack" | "target" | "synthesized" | "desired" | "release">;

/** What the stacks of an app are worked on with. */
export interface AppStacksOptions {
  readonly target: Target;
  readonly stacks: readonly AssemblyStack[];
  readonly host: IoHost;
  readonly signal: AbortSignal;
  /** Values for the templates' own parameters. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly approve?: (changes: readonly Change[], plan: StackPlan) => Promise<void>;
}

/** The stacks of one app at one endpoint: read, planned and applied together. */
export class AppStacks {
  readonly options: AppStacksOptions;
  /** What became of each stack, by name. */
  readonly results = new Map<string, StackResult>();
  /** Paths of members whose version stays: CloudFormation refused to publish another one. */
  readonly refusedVersions = new Set<string>();
  published: PublishResult = { uploaded: 0, unchanged: 0, uploadedBytes: 0 };

  constructor(options: AppStacksOptions) {
    this.options = options;
  }

  /** The desired state of each stack, from the assembly. Makes no call. */
  desired(): DesiredStack[] {
    return this.options.stacks.map((stack) => this.#desiredOf(stack));
  }

  /** Reads every stack, several at once. Changes nothing. */
  async read(): Promise<StackView[]> {
    return stageTemplates(await Promise.all(this.options.stacks.map((stack) => this.#readStack(stack))));
  }

  /** The plan of a stack with live versions pinned, by member path. */
  plan(view: StackView, pinned: ReadonlyMap<string, string>, fence: number): StackPlan {
    const parameters = { ...this.#ownParameters(view), ...pinnedParameters(view, pinned) };
    return planStack({ ...view, parameters, fence });
  }

  /** Uploads what the plans need, then applies them: dependencies first, what is independent at the same time. */
  async apply(views: readonly StackView[], plans: readonly StackPlan[], signal: AbortSignal): Promise<void> {
    const { host, approve } = this.options;
    this.published = await publishAssets(assetJobs(views, plans), host, signal);
    const viewOf = new Map(views.map((view) => [view.stack.id, view]));
    await inDependencyOrder(plans, async (plan) => {
      const view = getKnown(viewOf, plan.stack.id);
      const result = await applyStack(plan, view.state, { target: view.target, host, signal, approve });
      this.results.set(plan.stack.stackName, result);
    });
  }

  #desiredOf(stack: AssemblyStack): DesiredStack {
    const synthesized = readTemplate(stack);
    const target = targetOfStack(this.options.target, stack);
    return { stack, target, synthesized, desired: synthesized, release: releaseMetadataOf(synthesized.template) };
  }

  async #readStack(stack: AssemblyStack): Promise<StackView> {
    const { target, synthesized, release } = this.#desiredOf(stack);
    const { deployRole: client, caller } = await patientStackClients(target, stack);
    const state = await readStackState(client, stack.stackName);
    const base = { stack, target, synthesized, stageProblems: [], state };
    if (state === undefined) {
      const none = { deployedTemplate: undefined, physicalIds: new Map(), live: [] };
      return { ...base, ...none, desired: synthesized, staged: synthesized, release };
    }
    const [deployedTemplate, physicalIds, ssmValues] = await Promise.all([
      readDeployedTemplate(client, stack.stackName),
      readPhysicalIds(caller, stack.stackName),
      readSsmValues(target.aws, this.#lookedUp(stack, synthesized)),
    ]);
    const live = release === undefined ? [] : await readLiveMembers(target.aws, release.members, physicalIds);
    const given = this.#given(stack);
    const isRefused = (path: string) => this.refusedVersions.has(path);
    const read = { ...base, deployedTemplate, physicalIds, ssmValues, live, state };
    const desired = keepDeployedVersions(read, given, isRefused);
    return { ...read, desired, staged: desired, release: releaseMetadataOf(desired.template) };
  }

  /** The names of the SSM parameters that a stack looks up. */
  #lookedUp(stack: AssemblyStack, { template }: ReadTemplate): string[] {
    const given = this.#given(stack);
    const names = Object.keys(template.Parameters ?? {}).filter((name) => isLookedUp(template, name));
    return names.flatMap((name) => chosenSsmName(template, given, name) ?? []);
  }

  #given(stack: AssemblyStack): Record<string, string> {
    return { ...stack.parameters, ...this.options.parameters };
  }

  #ownParameters({ staged }: StackView): Record<string, string> {
    const declared = staged.template.Parameters ?? {};
    return Object.fromEntries(Object.entries(this.options.parameters ?? {}).filter(([name]) => name in declared));
  }
}

/** The pin of each member: the version that is live now, or nothing while the template's own version is. */
function pinnedParameters(view: StackView, pinned: ReadonlyMap<string, string>): Record<string, string> {
  const members = view.release?.members ?? [];
  return Object.fromEntries(
    members.map((member) => [member.parameter, pinOf(view, member, pinned.get(member.path) ?? "")]),
  );
}

function pinOf(view: StackView, member: ReleaseMember, live: string): string {
  const published = view.physicalIds.get(member.version);
  const unpinned = (view.state?.parameters[member.parameter] ?? "") === "";
  return unpinned && published !== undefined && versionOf(member, published) === live ? "" : live;
}

function assetJobs(views: readonly StackView[], plans: readonly StackPlan[]): AssetJob[] {
  const acting = new Set(plans.filter(({ action }) => action !== "none").map(({ stack }) => stack.id));
  return views
    .filter(({ stack }) => acting.has(stack.id))
    .flatMap((view) => {
      const { stack, target } = view;
      const inline = isInline(view.staged) && isInline(view.desired);
      const needed = stack.assets.filter((asset) => !(inline && asset.path === stack.templatePath));
      return [
        ...needed.flatMap((asset) => asset.destinations.map((destination) => ({ asset, destination, target }))),
        ...stagedTemplateJobs(view),
      ];
    });
}
