import type {
  Change,
  ChangeSetStatus,
  ChangeSetType,
  ExecutionStatus,
  OnStackFailure,
} from "@aws-sdk/client-cloudformation";
import { AwsError } from "../../../aws-error.ts";
import type { Cloud } from "../../../service.ts";
import type { Revision, StackRecord } from "../model.ts";
import { hasSecrets } from "../plan.ts";
import { SealedCollection } from "../sealed-collection.ts";

/** A change set as it is stored. The changes are stored twice, without and with property values. */
export interface ChangeSetRecord {
  readonly id: string;
  readonly name: string;
  readonly uuid: string;
  readonly stackUuid: string;
  readonly region: string;
  readonly type: ChangeSetType;
  readonly creationTime: number;
  readonly description?: string;
  readonly notificationArns: string[];
  readonly onStackFailure?: OnStackFailure;
  readonly includeNestedStacks: boolean;
  /** Of a nested stack's change set: the outer stack's, the one on top, and the nested stack's logical id there. */
  readonly parentId?: string;
  readonly rootId?: string;
  readonly logicalId?: string;
  readonly token?: string;
  readonly revision: Revision;
  readonly changes: Change[];
  readonly changesWithValues: Change[];
  /** What the values could not tell, for `IncludePropertyValues`. */
  readonly valuesWarning?: string;
  /** The token of the request that executed it. */
  readonly executedWith?: string;
  status: ChangeSetStatus;
  executionStatus: ExecutionStatus;
  statusReason?: string;
}

/** The change sets, by stack. */
export class ChangeSetStore {
  readonly #sets: SealedCollection<ChangeSetRecord>;

  constructor(cloud: Cloud) {
    const isSecret = ({ revision }: ChangeSetRecord) => hasSecrets(revision);
    this.#sets = new SealedCollection(cloud.store, "cloudformation.change-sets", isSecret);
  }

  put(record: ChangeSetRecord): void {
    this.#sets.put(`${record.region}/${record.stackUuid}/${record.uuid}`, record);
  }

  list(stack: StackRecord): ChangeSetRecord[] {
    return this.#sets
      .list(`${stack.region}/${stack.uuid}/`)
      .map(([, record]) => record)
      .sort((a, b) => a.creationTime - b.creationTime);
  }

  /** The change sets that were made for nested stacks together with this one, at any depth. */
  nestedIn(root: ChangeSetRecord): ChangeSetRecord[] {
    if (!root.includeNestedStacks) return [];
    return this.#sets
      .list(`${root.region}/`)
      .map(([, record]) => record)
      .filter((record) => record.rootId === root.id);
  }

  /** The change set of a nested stack, by the outer stack's change set and the nested stack's logical id in it. */
  findNested(region: string, parentId: string, logicalId: string): ChangeSetRecord | undefined {
    const rows = this.#sets.list(`${region}/`);
    return rows.find(([, record]) => record.parentId === parentId && record.logicalId === logicalId)?.[1];
  }

  delete(record: ChangeSetRecord): void {
    this.#sets.delete(`${record.region}/${record.stackUuid}/${record.uuid}`);
  }

  /** A change set by ARN, or by its name in a stack. */
  find(region: string, nameOrId: string, stack: StackRecord | undefined): ChangeSetRecord | undefined {
    if (!nameOrId.startsWith("arn:")) return stack && this.list(stack).find((record) => record.name === nameOrId);
    const uuid = nameOrId.split("/").at(-1)!;
    if (stack) return this.#sets.get(`${region}/${stack.uuid}/${uuid}`);
    return this.#sets.list(`${region}/`).find(([, record]) => record.uuid === uuid)?.[1];
  }

  require(region: string, nameOrId: string, stack: StackRecord | undefined): ChangeSetRecord {
    const found = this.find(region, nameOrId, stack);
    if (found) return found;
    throw new AwsError("ChangeSetNotFoundException", `ChangeSet [${nameOrId}] does not exist`, { statusCode: 404 });
  }
}
