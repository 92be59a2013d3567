import type { Checked } from "../../kit/checked.ts";
import type {
  OnFailure,
  Output,
  ResourceStatus,
  RollbackConfiguration,
  StackStatus,
  Tag,
} from "@aws-sdk/client-cloudformation";
import type { StackParameter } from "../../../template/parameters.ts";
import type { CurrentResource, Properties } from "./types/resource-type.ts";

/** A stack as it is kept. Times are milliseconds since the epoch. */
export interface StackRecord {
  /** The ARN. */
  readonly id: string;
  /** The last part of the ARN: names the stack's other records. */
  readonly uuid: string;
  readonly name: string;
  readonly region: string;
  readonly creationTime: number;
  lastUpdatedTime?: number;
  deletionTime?: number;
  status: StackStatus;
  statusReason?: string;
  notificationArns: string[];
  roleArn?: string;
  disableRollback: boolean;
  timeoutInMinutes?: number;
  rollbackConfiguration: Checked<RollbackConfiguration>;
  terminationProtection: boolean;
  stackPolicy?: string;
  /** The stack that this one is nested in, and the one on top. */
  readonly parentId?: string;
  readonly rootId?: string;
  /** The change set that was executed last. */
  changeSetId?: string;
  /** What the stack is at. There from the first operation that came to a good end. */
  revisionId?: string;
  /** What a describe call shows of template, parameters and tags: the target while an operation is under way. */
  shownRevisionId?: string;
  outputs: StoredOutput[];
  /** The names of the exports that the stack imports. */
  imports: string[];
  operation?: OperationRecord;
  /** The token of the request that started the last operation: the same request again gets the same answer. */
  lastToken?: string;
  /** Why the last operation failed, as a nested stack reports it to its parent. */
  firstFailure?: string;
  /** The operation that failed with rollback disabled: `RollbackStack` takes it up again. */
  stopped?: OperationRecord;
}

/** An output that was worked out, with what `ListExports` needs. */
export type StoredOutput = Output & { OutputKey: string; OutputValue: string };

/** Everything that a template with its parameters says a stack should be. */
export interface Revision {
  readonly id: string;
  /** The text as it was sent. */
  readonly body: string;
  /** The text after transforms, when there were any. */
  readonly processed?: string;
  readonly parameters: StackParameter[];
  readonly tags: Checked<Tag>[];
  readonly capabilities: string[];
  readonly description?: string;
}

/** What is being done to a stack. */
export type OperationKind = "CREATE" | "UPDATE" | "DELETE" | "ROLLBACK";

/** The phase of an operation; a cloud that restarts continues from it. */
export type OperationPhase = "forward" | "held" | "commit" | "cleanup" | "rollback" | "rollback-cleanup" | "delete";

/** What is being done to a stack. */
export interface OperationRecord {
  readonly id: string;
  /** The client's request token: comes back in the events. */
  readonly token?: string;
  readonly kind: OperationKind;
  phase: OperationPhase;
  readonly targetRevisionId?: string;
  readonly disableRollback: boolean;
  readonly onFailure?: OnFailure;
  /** Logical ids that the deletion leaves alone. */
  readonly retain: string[];
  /** Logical ids that the continued rollback takes for done. */
  readonly skip: string[];
  readonly isForced?: boolean;
  /** Failures on the way forward; listed in the stack's reason. */
  failures: { readonly logicalId: string; readonly verb: "create" | "update" | "delete" }[];
  cancelRequested?: boolean;
  /** The stack is nested: once updated it waits for the outer one before it takes anything away. */
  readonly isNested?: boolean;
  /** The outputs before a nested update. */
  oldOutputs?: StoredOutput[];
}

/** A resource of a stack as it is kept. */
export interface ResourceRecord {
  readonly logicalId: string;
  readonly type: string;
  status: ResourceStatus;
  statusReason?: string;
  timestamp: number;
  /** The physical resource. Absent until it has been created. */
  live?: LiveResource;
  metadata?: string;
  description?: string;
  deletionPolicy: string;
  updateReplacePolicy: string;
  dependsOn: string[];
  /** The step under way: its random name part and its token are the same for every try. */
  step?: ResourceStep;
  /** What it was when the stack was last whole; `null` when it was not there. Absent while it is untouched. */
  before?: ResourceSnapshot | null;
  /** What a failed update tried to bring: any of it may be there. */
  dirty?: Readonly<Record<string, unknown>>;
  /** Its properties hold the value of a `NoEcho` parameter, or did: the record is kept encrypted. */
  isSecret?: true;
  /** The operation that has done with it. */
  settledBy?: string;
}

/** A step that was started and has not ended yet. */
export interface ResourceStep {
  readonly verb: "create" | "update" | "delete";
  readonly token: string;
  readonly nameSuffix: string;
  /** What an update is to bring: it may be there in part when the step has failed. */
  readonly attempted?: Readonly<Record<string, unknown>>;
  /** What the update started from, and whether it goes back to it. */
  readonly base?: LiveResource;
  readonly isRollback?: boolean;
  /** The creation has given a physical id: what remains is to settle. */
  readonly isMade?: boolean;
}

/** A physical resource with the properties it was last given, still with `{{resolve:…}}` in them. */
export type LiveResource = CurrentResource & {
  readonly stackTags: readonly Checked<Tag>[];
  /** The properties with the values of `NoEcho` parameters masked; absent where there are none. */
  readonly shown?: Properties;
};

/** What a rollback needs of a resource as it was before the operation. */
export type ResourceSnapshot = Pick<
  ResourceRecord,
  "live" | "metadata" | "deletionPolicy" | "updateReplacePolicy" | "dependsOn"
>;

/** A physical resource that goes once the operation is safe: replaced, or not in the template any more. */
export interface CleanupRecord {
  readonly id: string;
  readonly logicalId: string;
  readonly type: string;
  readonly live: LiveResource;
  readonly policy: string;
  readonly dependsOn: string[];
  /** The resource's record goes with it (it is not in the template any more). */
  readonly forget: boolean;
  step?: ResourceStep;
}
