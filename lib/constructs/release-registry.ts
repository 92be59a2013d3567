import { Lazy, Stack } from "aws-cdk-lib";
import type { CfnElement } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { DEFAULT_QUALIFIER } from "../assembly/journal-names.ts";
import {
  RELEASE_METADATA_KEY,
  type MetricComparison,
  type ReleaseAlarm,
  type ReleaseDriverResource,
  type ReleaseHook,
  type ReleaseMember,
  type ReleaseMetadata,
  type ReleaseNotification,
} from "../assembly/release-metadata.ts";
import { watchForCodeDeploy } from "./code-deploy.ts";
import type { CodeDeployMember } from "./code-deploy-terms.ts";
import { releaseTerms } from "./release-terms.ts";
import { stageSettings } from "./stage-settings.ts";

const REGISTRY = Symbol.for("tidegate.release-registry");

/** What a stack adds to its app's release, as far as it is known. */
export type RegistryContents = Pick<ReleaseMetadata, "members" | "hooks"> & {
  readonly notifications: readonly ReleaseNotification[];
};

/**
 * What a stack adds to its app's release. It is written into the template's metadata when the template is, so that
 * logical ids are final and a rollout may be declared after the functions it moves.
 */
export class ReleaseRegistry {
  /** The registry of a construct's stack. */
  static of(scope: IConstruct): ReleaseRegistry {
    const stack = Stack.of(scope) as Stack & { [REGISTRY]?: ReleaseRegistry };
    stack[REGISTRY] ??= new ReleaseRegistry(stack);
    return stack[REGISTRY];
  }

  readonly #members: (() => ReleaseMember)[] = [];
  readonly #codeDeployMembers: (CodeDeployMember | undefined)[] = [];
  readonly #hooks: (() => ReleaseHook)[] = [];
  readonly #comparisons: { readonly resource: () => string; readonly render: () => MetricComparison }[] = [];
  readonly #alarms: (() => ReleaseAlarm)[] = [];
  readonly #notifications: (() => ReleaseNotification)[] = [];
  #driver: (() => ReleaseDriverResource) | undefined;
  readonly #memberArns: string[] = [];
  readonly #memberWatchers: ((arn: string) => void)[] = [];

  private constructor(stack: Stack) {
    stack.addMetadata(RELEASE_METADATA_KEY, Lazy.uncachedAny({ produce: () => this.#render(stack) }));
    watchForCodeDeploy(stack, () => this.#codeDeployMembers);
  }

  /** Adds a function or state machine that moves with the release. `arn` has no qualifier. */
  addMember(arn: string, member: () => ReleaseMember, codeDeploy?: CodeDeployMember): void {
    this.#members.push(member);
    this.#codeDeployMembers.push(codeDeploy);
    this.#memberArns.push(arn);
    for (const watcher of this.#memberWatchers) watcher(arn);
  }

  /** Calls back with the ARN of every member, also of members that are added later. */
  watchMembers(watcher: (arn: string) => void): void {
    this.#memberWatchers.push(watcher);
    this.#memberArns.forEach((arn) => watcher(arn));
  }

  /** Adds a hook whose function lives in this stack. */
  addHook(hook: () => ReleaseHook): void {
    this.#hooks.push(hook);
  }

  /** Adds a metric that is compared between the versions of the function with this logical id. */
  addComparison(resource: () => string, render: () => MetricComparison): void {
    this.#comparisons.push({ resource, render });
  }

  /** What is wrong with the comparisons, once the app is constructed: sentences. */
  comparisonProblems(): string[] {
    const members = new Map(this.#members.map((member) => member()).map((one) => [one.resource, one]));
    return this.#comparisons.flatMap(({ resource, render }, index) => {
      const { name } = render();
      const id = resource();
      const isTwice = this.#comparisons
        .slice(0, index)
        .some((other) => other.resource() === id && other.render().name === name);
      return [
        ...(members.has(id)
          ? []
          : [`${name}: the function ${id} has no alias that the release moves. Make it a Function of tidegate.`]),
        ...(isTwice
          ? [`${name}: two comparisons of one function have this name. Give one of them another label.`]
          : []),
      ];
    });
  }

  /** Adds an alarm that this stack's release is watched by. */
  addAlarm(alarm: () => ReleaseAlarm): void {
    this.#alarms.push(alarm);
  }

  /** Adds a topic or an event bus that receives the release's notifications. */
  addNotification(notification: () => ReleaseNotification): void {
    this.#notifications.push(notification);
  }

  /** Names the driver in the account. Returns false where the stack has one already. */
  trySetDriver(driver: () => ReleaseDriverResource): boolean {
    if (this.#driver !== undefined) return false;
    this.#driver = driver;
    return true;
  }

  /** Whether the stack has a driver in the account. */
  hasDriver(): boolean {
    return this.#driver !== undefined;
  }

  /** What was added so far; complete once the app is constructed. */
  contents(): RegistryContents {
    return {
      members: this.#members.map((member) => this.#withComparisons(member())),
      hooks: this.#hooks.map((hook) => hook()),
      notifications: this.#notifications.map((one) => one()),
    };
  }

  #withComparisons(member: ReleaseMember): ReleaseMember {
    const comparisons = this.#comparisons
      .filter(({ resource }) => resource() === member.resource)
      .map(({ render }) => render());
    return comparisons.length === 0 ? member : { ...member, comparisons };
  }

  #render(stack: Stack): ReleaseMetadata | undefined {
    const { app, policy, analysis, watch, keepVersions, codeDeploy } = releaseTerms(stack);
    if (codeDeploy !== undefined) return undefined;
    const { members, hooks, notifications } = this.contents();
    return {
      format: 1,
      app,
      ...journalPlaceOf(stack),
      policy,
      members,
      hooks,
      alarms: this.#alarms.map((alarm) => alarm()),
      ...(notifications.length === 0 ? {} : { notifications }),
      ...(this.#driver === undefined ? {} : { driver: this.#driver() }),
      ...(analysis === undefined ? {} : { analysis }),
      ...(watch === undefined ? {} : { watch }),
      keepVersions,
    };
  }
}

/** What the deployed template must say so that the journal is found without the app. */
function journalPlaceOf(stack: Stack): Pick<ReleaseMetadata, "stage" | "qualifier"> {
  const { name: stage } = stageSettings(stack);
  const qualifier = stack.synthesizer.bootstrapQualifier ?? DEFAULT_QUALIFIER;
  return {
    ...(stage === undefined ? {} : { stage }),
    ...(qualifier === DEFAULT_QUALIFIER ? {} : { qualifier }),
  };
}

/** The name that an element has in its template. */
export function logicalIdOf(element: CfnElement): string {
  return Stack.of(element).resolve(element.logicalId) as string;
}
