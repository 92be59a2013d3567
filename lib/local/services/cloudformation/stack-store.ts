import { randomUUID } from "node:crypto";
import { AwsError } from "../../aws-error.ts";
import type { Cloud } from "../../service.ts";
import type { Collection } from "../../state/store.ts";
import type { CleanupRecord, ResourceRecord, Revision, StackRecord } from "./model.ts";
import { hasSecrets } from "./plan.ts";
import { SealedCollection } from "./sealed-collection.ts";

/** The stacks of the cloud and what belongs to them, by region. */
export class StackStore {
  readonly #cloud: Cloud;
  /** One object for each stack: a describe call and the operation under way see the same. */
  readonly #live = new Map<string, StackRecord>();
  readonly #stacks: Collection<StackRecord>;
  readonly #names: Collection<string>;
  readonly #revisions: SealedCollection<Revision>;
  readonly #resources: SealedCollection<ResourceRecord>;
  readonly #cleanup: SealedCollection<CleanupRecord>;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#stacks = cloud.store.collection("cloudformation.stacks");
    this.#names = cloud.store.collection("cloudformation.stack-names");
    this.#revisions = new SealedCollection(cloud.store, "cloudformation.revisions", (revision) => hasSecrets(revision));
    this.#resources = new SealedCollection(
      cloud.store,
      "cloudformation.resources",
      ({ isSecret }) => isSecret === true,
    );
    this.#cleanup = new SealedCollection(cloud.store, "cloudformation.cleanup", ({ live }) => live.shown !== undefined);
    for (const [key, stack] of this.#stacks.list()) this.#live.set(key, stack);
  }

  /** A new stack's identity: its ARN and the key of its records. */
  newIdentity(region: string, name: string): { id: string; uuid: string } {
    const uuid = randomUUID();
    return { uuid, id: `arn:aws:cloudformation:${region}:${this.#cloud.account}:stack/${name}/${uuid}` };
  }

  put(stack: StackRecord): void {
    const key = `${stack.region}/${stack.uuid}`;
    this.#live.set(key, stack);
    this.#stacks.put(key, stack);
    if (stack.status === "DELETE_COMPLETE") this.#forgetName(stack);
    else this.#names.put(`${stack.region}/${stack.name}`, stack.uuid);
  }

  #forgetName(stack: StackRecord): void {
    const key = `${stack.region}/${stack.name}`;
    if (this.#names.get(key) === stack.uuid) this.#names.delete(key);
  }

  /** A stack by name (live ones only) or by ARN (deleted ones too). */
  find(region: string, nameOrId: string): StackRecord | undefined {
    const uuid = nameOrId.startsWith("arn:") ? nameOrId.split("/").at(-1) : this.#names.get(`${region}/${nameOrId}`);
    return uuid === undefined ? undefined : this.#live.get(`${region}/${uuid}`);
  }

  /** A stack by the last part of its ARN. */
  findByUuid(region: string, uuid: string): StackRecord | undefined {
    return this.#live.get(`${region}/${uuid}`);
  }

  /** As `find`, refusing in the words that the operation uses. */
  require(region: string, nameOrId: string | undefined, words = STACK_MISSING.withId): StackRecord {
    if (nameOrId === undefined || nameOrId === "") {
      throw new AwsError(
        "ValidationError",
        "1 validation error detected: Value null at 'stackName' failed to satisfy constraint: Member must not be null",
      );
    }
    const stack = this.find(region, nameOrId);
    if (stack) return stack;
    throw new AwsError("ValidationError", words(nameOrId));
  }

  list(region: string): StackRecord[] {
    return this.listAll().filter((stack) => stack.region === region);
  }

  listAll(): StackRecord[] {
    return [...this.#live.values()];
  }

  /** Removes a stack and everything that belongs to it. */
  forget(stack: StackRecord): void {
    const prefix = `${stack.region}/${stack.uuid}/`;
    for (const collection of [this.#revisions, this.#resources, this.#cleanup]) {
      for (const [key] of collection.list(prefix)) collection.delete(key);
    }
    this.#forgetName(stack);
    this.#live.delete(`${stack.region}/${stack.uuid}`);
    this.#stacks.delete(`${stack.region}/${stack.uuid}`);
  }

  putRevision(stack: StackRecord, revision: Revision): void {
    this.#revisions.put(`${stack.region}/${stack.uuid}/${revision.id}`, revision);
  }

  revision(stack: StackRecord, id: string | undefined): Revision | undefined {
    return id === undefined ? undefined : this.#revisions.get(`${stack.region}/${stack.uuid}/${id}`);
  }

  deleteRevision(stack: StackRecord, id: string): void {
    this.#revisions.delete(`${stack.region}/${stack.uuid}/${id}`);
  }

  resources(stack: StackRecord): Map<string, ResourceRecord> {
    const rows = this.#resources.list(`${stack.region}/${stack.uuid}/`);
    return new Map(rows.map(([, record]) => [record.logicalId, record]));
  }

  resource(stack: StackRecord, logicalId: string): ResourceRecord | undefined {
    return this.#resources.get(`${stack.region}/${stack.uuid}/${logicalId}`);
  }

  putResource(stack: StackRecord, record: ResourceRecord): void {
    this.#resources.put(`${stack.region}/${stack.uuid}/${record.logicalId}`, record);
  }

  deleteResource(stack: StackRecord, logicalId: string): void {
    this.#resources.delete(`${stack.region}/${stack.uuid}/${logicalId}`);
  }

  cleanup(stack: StackRecord): CleanupRecord[] {
    return this.#cleanup.list(`${stack.region}/${stack.uuid}/`).map(([, record]) => record);
  }

  putCleanup(stack: StackRecord, record: CleanupRecord): void {
    this.#cleanup.put(`${stack.region}/${stack.uuid}/${record.id}`, record);
  }

  deleteCleanup(stack: StackRecord, id: string): void {
    this.#cleanup.delete(`${stack.region}/${stack.uuid}/${id}`);
  }
}

/** AWS says "no such stack" in three ways, by operation. */
export const STACK_MISSING = {
  withId: (name: string) => `Stack with id ${name} does not exist`,
  bracketed: (name: string) => `Stack [${name}] does not exist`,
  quoted: (name: string) => `Stack '${name}' does not exist`,
} as const;
