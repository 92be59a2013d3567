/** What a display of progress is drawn from: how far a piece of long work is. */
export type Progress = StackProgress | ReleaseProgress;

/** An event of a stack's operation. */
export interface StackProgress {
  readonly kind: "stack";
  readonly stack: string;
  /** Why the stack is updated. @default - its resources are brought to the template */
  readonly purpose?: StackPurpose;
  /** CloudFormation's status, for example `CREATE_IN_PROGRESS`. */
  readonly status: string;
  /** The construct's path, or the logical id. Absent: the status is of the stack itself. */
  readonly resource?: string;
  /** For example `AWS::SQS::Queue`. */
  readonly type?: string;
  /** How many resources the operation changes. Absent: not known. */
  readonly total?: number;
}

/** `finalise`: the stack's parameters follow the aliases, and what only older versions needed goes. */
export type StackPurpose = "finalise";

/** How a release is, after each look at it. */
export interface ReleaseProgress {
  readonly kind: "release";
  readonly release: string;
  /** `docs/releases.md` lists the states. */
  readonly state: string;
  /** The present step, from 1, and how many the rollout has. Absent outside of the steps. */
  readonly step?: { readonly number: number; readonly of: number };
  /** The share of calls that the new versions get, from 0 to 100. */
  readonly percent: number;
  /** How long the present wait still is, in milliseconds of the endpoint's time. Absent: nothing is waited for. */
  readonly leftMs?: number;
  /** The aliases that move. */
  readonly aliases: readonly AliasProgress[];
  /** What is missing before the release continues. */
  readonly waitsFor: readonly string[];
  /** Why the release is paused or rolled back. */
  readonly cause?: string;
}

/** One alias of a release. */
export interface AliasProgress {
  readonly path: string;
  readonly stable: VersionProgress;
  readonly next: VersionProgress;
}

/** A version, and its calls since the shift began. */
export interface VersionProgress {
  readonly version: string;
  /** Absent where no figures were read. */
  readonly calls?: number;
  readonly failed?: number;
}
