import type { LoggingConfiguration, StateMachineType, Tag } from "@aws-sdk/client-sfn";

/** How a child ended. */
export type ChildOutcome = Pick<
  ExecutionRecord,
  "arn" | "name" | "status" | "input" | "output" | "error" | "cause" | "startedMs" | "stoppedMs" | "machineArn"
>;

/** What a state machine and each of its versions say. */
export interface MachineSettings {
  /** Amazon States Language, as it was given. */
  readonly definition: string;
  readonly roleArn: string;
  readonly loggingConfiguration: LoggingConfiguration;
  readonly tracing: boolean;
}

/** A state machine. */
export interface MachineRecord extends MachineSettings {
  readonly arn: string;
  readonly region: string;
  readonly name: string;
  readonly type: StateMachineType;
  readonly createdMs: number;
  readonly updatedMs?: number;
  /** Absent until the first update, as in Step Functions. */
  readonly revisionId?: string;
  /** The number of the newest version that ever was. */
  readonly lastVersion: number;
  readonly tags: readonly Tag[];
}

/** A published version. What it says never changes. */
export interface VersionRecord extends MachineSettings {
  readonly arn: string;
  readonly machineArn: string;
  readonly number: number;
  readonly description?: string;
  readonly revisionId?: string;
  readonly createdMs: number;
}

/** An alias with the versions that it leads to. Weights sum to 100. */
export interface AliasRecord {
  readonly arn: string;
  readonly machineArn: string;
  readonly name: string;
  readonly description?: string;
  readonly routing: readonly { readonly version: string; readonly weight: number }[];
  readonly createdMs: number;
  readonly updatedMs: number;
}

/** The status of an execution. */
export type ExecutionStatus = "RUNNING" | "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED";

/** One run of a state machine, with its definition at the start. */
export interface ExecutionRecord {
  readonly arn: string;
  readonly region: string;
  readonly name: string;
  readonly machineArn: string;
  readonly machineName: string;
  readonly type: StateMachineType;
  readonly versionArn?: string;
  readonly aliasArn?: string;
  readonly definition: string;
  readonly revisionId?: string;
  readonly roleArn: string;
  readonly loggingConfiguration: LoggingConfiguration;
  readonly input: string;
  readonly status: ExecutionStatus;
  readonly startedMs: number;
  readonly stoppedMs?: number;
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redriveCount: number;
  readonly redrivenMs?: number;
  /** The Map Run that it is a child of, and how many items it was given. */
  readonly mapRunArn?: string;
  readonly itemCount?: number;
}

/** How many children, or items, of a Map Run came to which end. */
export type MapRunCounts = Readonly<Record<"running" | "succeeded" | "failed" | "timedOut" | "aborted", number>>;

/** One run of a distributed Map state. */
export interface MapRunRecord {
  readonly arn: string;
  readonly executionArn: string;
  /** The state machine's ARN with the Map state's label: what its children are executions of. */
  readonly machineArn: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "ABORTED";
  readonly startedMs: number;
  readonly stoppedMs?: number;
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly executions: MapRunCounts;
  readonly items: MapRunCounts;
  readonly totalExecutions: number;
  readonly totalItems: number;
  readonly resultsWritten: number;
}

/** A wait for a caller outside: `.waitForTaskToken`, or a worker of an activity. */
export interface TokenRecord {
  readonly token: string;
  readonly executionArn: string;
  /** The activity whose workers get the token. @default - it is a callback's token */
  readonly activityArn?: string;
  readonly heartbeatMs?: number;
  readonly beatAtMs: number;
  readonly result?: TaskResult;
}

/** How a task ended, as the caller outside reported it. */
export type TaskResult =
  | { readonly output: string }
  | {
      readonly error: string | undefined;
      readonly cause: string | undefined;
      /** It was silent for longer than its heartbeat. */
      readonly silent?: true;
    };

/** An activity: work that is fetched by workers. */
export interface ActivityRecord {
  readonly arn: string;
  readonly name: string;
  readonly createdMs: number;
  readonly tags: readonly Tag[];
}

/** A piece of work that waits for a worker. */
export interface ActivityTaskRecord {
  readonly activityArn: string;
  readonly token: string;
  readonly input: string;
}
