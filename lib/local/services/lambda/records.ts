import type { FunctionRef } from "./functions/names.ts";
import type { Input } from "../../kit/operation-types.ts";
import type { Checked } from "../../kit/checked.ts";
import type {
  Architecture,
  EventSourceMappingConfiguration,
  FunctionConfiguration,
  FunctionEventInvokeConfig,
  FunctionUrlConfig,
  Runtime,
} from "@aws-sdk/client-lambda";

/** What an event goes to. */
export interface InvokeTarget {
  readonly ref: FunctionRef;
  readonly version: VersionRecord;
  /** The ARN that was called: with the alias or version where one was named. */
  readonly invokedArn: string;
}

/** An event of an asynchronous invocation. */
export interface QueuedEvent {
  readonly ref: FunctionRef;
  readonly payload: Uint8Array;
  readonly requestId: string;
  readonly traceId: string | undefined;
}

/** A delivery of an event's outcome to a destination or a dead-letter target. */
export interface Delivery {
  /** The target's ARN: a queue, a topic, an event bus, a function or a bucket. */
  readonly target: string;
  readonly region: string;
  /** JSON text. */
  readonly body: string;
  /** Message attributes of queues and topics. */
  readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
  /** The detail type and the function's ARN, for an event bus. */
  readonly detailType: string;
  readonly functionArn: string;
  /** Buckets: under which key the body is kept. */
  readonly objectKey?: string;
}

/** What AWS keeps of a function's settings, in AWS's own shape. */
export type FunctionSettings = Pick<
  Checked<FunctionConfiguration>,
  | "Runtime"
  | "Role"
  | "Handler"
  | "Description"
  | "Timeout"
  | "MemorySize"
  | "VpcConfig"
  | "DeadLetterConfig"
  | "Environment"
  | "KMSKeyArn"
  | "TracingConfig"
  | "Layers"
  | "FileSystemConfigs"
  | "PackageType"
  | "Architectures"
  | "EphemeralStorage"
  | "SnapStart"
  | "LoggingConfig"
>;

/** `$LATEST` or a published version. */
export interface VersionRecord {
  readonly functionName: string;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly settings: FunctionSettings;
  /** SHA-256 of the zip, hexadecimal: the blob's name. */
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
  readonly revisionId: string;
  /** When it was modified, in the cloud's time. */
  readonly modifiedMs: number;
  readonly state: "Pending" | "Active" | "Failed";
  /** Since when it has been Active, where it was prepared again. */
  readonly activeSinceMs?: number;
  /** AWS's code and words for Failed. */
  readonly failure?: {
    readonly code: NonNullable<Checked<FunctionConfiguration>["StateReasonCode"]>;
    readonly text: string;
  };
  readonly updating: boolean;
  readonly runtimeManagement?: Pick<
    Input<"lambda", "PutRuntimeManagementConfig">,
    "UpdateRuntimeOn" | "RuntimeVersionArn"
  >;
}

/** A function: its `$LATEST` and what belongs to no version. */
export interface FunctionRecord {
  readonly latest: VersionRecord;
  /** The number of the next version; numbers are never used twice. */
  readonly nextVersion: number;
  /** What `$LATEST` was when it was last published, to tell whether there is anything new. */
  readonly published?: { readonly version: string; readonly fingerprint: string };
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly recursiveLoop?: "Allow" | "Terminate";
}

/** An alias. */
export interface AliasRecord {
  readonly functionName: string;
  readonly name: string;
  readonly functionVersion: string;
  readonly description: string;
  /** At most one further version with its share of the traffic. */
  readonly weights: Readonly<Record<string, number>>;
  readonly revisionId: string;
}

/** A statement of a resource policy, in IAM's shape. */
export interface PolicyStatement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Principal: "*" | { readonly AWS: string } | { readonly Service: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A configuration of provisioned concurrency. */
export interface ProvisionedRecord {
  readonly wanted: number;
  readonly modifiedMs: number;
  readonly status: "IN_PROGRESS" | "READY" | "FAILED";
  /** Why it failed. */
  readonly reason?: string;
}

/** One version of a layer. Deleted ones stay for the functions that have them. */
export interface LayerVersionRecord {
  readonly name: string;
  readonly version: number;
  readonly description: string;
  readonly licenseInfo?: string;
  readonly runtimes?: readonly Runtime[];
  readonly architectures?: readonly Architecture[];
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
  readonly createdMs: number;
  readonly deleted: boolean;
  readonly statements: readonly PolicyStatement[];
  readonly revisionId: string;
}

/** A function URL. */
export interface UrlRecord {
  readonly id: string;
  readonly region: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly config: Pick<Checked<FunctionUrlConfig>, "AuthType" | "Cors" | "InvokeMode">;
  readonly createdMs: number;
  readonly modifiedMs: number;
}

/** How asynchronous events of a function, version or alias are retried, and where their results go. */
export type EventInvokeRecord = Pick<
  FunctionEventInvokeConfig,
  "MaximumRetryAttempts" | "MaximumEventAgeInSeconds" | "DestinationConfig"
> & { readonly modifiedMs: number };

/** What can be set of an event source mapping, in AWS's shape. */
export type MappingSettings = Pick<
  EventSourceMappingConfiguration,
  | "BatchSize"
  | "MaximumBatchingWindowInSeconds"
  | "MaximumRecordAgeInSeconds"
  | "MaximumRetryAttempts"
  | "ParallelizationFactor"
  | "TumblingWindowInSeconds"
  | "BisectBatchOnFunctionError"
  | "FunctionResponseTypes"
  | "DestinationConfig"
  | "FilterCriteria"
  | "ScalingConfig"
>;

/** A stream or a queue that a function reads. */
export interface MappingRecord {
  readonly uuid: string;
  readonly region: string;
  /** The ARN of the stream, its consumer or the queue. */
  readonly source: string;
  /** The ARN of the function, version or alias. */
  readonly functionName: string;
  /** Streams only. */
  readonly startingPosition?: "LATEST" | "TRIM_HORIZON" | "AT_TIMESTAMP";
  /** Where AT_TIMESTAMP begins. */
  readonly startingAtMs?: number;
  readonly settings: MappingSettings;
  readonly state: "Enabled" | "Disabled";
  readonly lastResult: string;
  readonly createdMs: number;
  readonly modifiedMs: number;
}
