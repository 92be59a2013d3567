import type { AliasTarget, Member, OldResource } from "../model.ts";

/** The order for the stack updates of one release. */
export interface StageRequest {
  readonly release: string;
  /** Grows with every change of the driver; belongs into the change set's name. */
  readonly fence: number;
  readonly templateDigest: string;
  /** The version that each alias serves now, by member path: the value of its pin parameter. Empty on first deploy. */
  readonly pinned: ReadonlyMap<string, string>;
  /** Aborted when this driver lost the lock: start nothing more. */
  readonly signal: AbortSignal;
}

/** A member as the stacks hold it after staging. */
export interface StagedMember {
  readonly path: string;
  readonly target: AliasTarget;
  /** The version that this release's template publishes. */
  readonly next: string;
  /** With the physical names of what was staged. */
  readonly comparisons?: Member["comparisons"];
}

/** An old physical resource as the stacks know it. */
export type ReplacedByStage = Omit<OldResource, "after" | "problem">;

/** How staging ended. `failed`: the stacks are back where they were, traffic was never touched. */
export type StageOutcome =
  | {
      readonly kind: "staged";
      readonly members: readonly StagedMember[];
      /** Physical names of hooks' functions and of alarms, by construct path. */
      readonly hooks: ReadonlyMap<string, string>;
      readonly alarms: ReadonlyMap<string, string>;
      /** ARNs of topics, ARNs or names of event buses. */
      readonly subscribers?: ReadonlyMap<string, string>;
      /** Resources that the update changed, for people; absent where an earlier driver made it. */
      readonly changed?: readonly string[];
      /** Old physical resources of what this stage, or an earlier one, replaced, and that wait for the promotion. */
      readonly replaced?: readonly ReplacedByStage[];
    }
  | { readonly kind: "failed"; readonly reason: string };

/** The order to set the parameters to the aliases' versions. */
export interface FinaliseRequest {
  readonly release: string;
  readonly fence: number;
  /** The version that each alias serves now, by member path. */
  readonly live: ReadonlyMap<string, string>;
  /** Whether what the stage held back for older versions is removed as well. Without it, only parameters move. */
  readonly contracts: boolean;
  readonly signal: AbortSignal;
  /** Call it directly before a change set is executed: it throws where another driver holds the lock by now. */
  readonly confirm: () => Promise<void>;
}

/** How finalising ended. `refused`: the change set showed more than alias versions, and nothing was changed. */
export type FinaliseOutcome =
  | {
      readonly kind: "finalised";
      /** What older versions may need and is gone now, for people. */
      readonly removed?: readonly string[];
    }
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly refused?: true;
      /** No change set was executed that failed: CloudFormation moved no alias back. */
      readonly untouched?: true;
    };

/** The stacks of the app. `lib/deploy` supplies it. */
export interface StackPort {
  /** Publishes the new versions with traffic pinned. The same request again adopts what is there or under way. */
  stage(request: StageRequest): Promise<StageOutcome>;
  /** A change set with `UsePreviousTemplate` that shows nothing but alias versions, or is refused. */
  finalise(request: FinaliseRequest): Promise<FinaliseOutcome>;
  /**
   * The version that the stacks last gave each alias, by member path: what CloudFormation restores when it rolls an
   * update back, even if the alias serves another version by then. Members without an alias in any stack are absent.
   */
  pins(): Promise<ReadonlyMap<string, string>>;
  /** CloudFormation's status of each stack, by name. Versions are pruned only when all are stable. */
  statuses(): Promise<ReadonlyMap<string, string>>;
  /**
   * Deletes old physical resources of what was replaced. One that a stack has by now is left alone, and counts as
   * deleted. Returns why each of the others could not be deleted, by physical id. `confirm` is called before each
   * deletion, and throws where another driver holds the lock by now.
   * @default - nothing is deleted: this driver has no permission for it
   */
  deleteOld?(resources: readonly ReplacedByStage[], confirm: () => Promise<void>): Promise<ReadonlyMap<string, string>>;
}
