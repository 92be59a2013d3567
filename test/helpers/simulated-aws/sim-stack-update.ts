import { isDeepStrictEqual } from "node:util";
import { RESOURCE_TYPES } from "./sim-resources.ts";
import type { SimResource, SimStack, SimTarget } from "./sim-stack.ts";
import { NESTED, planUpdate, propertiesOf, type SimStep } from "./sim-stack-plan.ts";
import type { World } from "./world.ts";

/** A step takes this long. */
const STEP_MS = 2_000;

/** Starts an update of a stack. It continues even if the caller dies. */
export function startUpdate(world: World, stack: SimStack, target: SimTarget, token: string | undefined): void {
  const creates = stack.status === "REVIEW_IN_PROGRESS";
  new StackUpdate(world, stack, target, creates ? "CREATE" : "UPDATE", token).start();
}

/** Brings a nested stack to another template and parameters at once; leaves it as it was where that fails. */
export function updateNested(world: World, stack: SimStack, target: SimTarget): void {
  const update = new StackUpdate(world, stack, target, "UPDATE", undefined);
  update.runAtOnce();
}

class StackUpdate {
  readonly #world: World;
  readonly #stack: SimStack;
  readonly #before: SimTarget;
  readonly #target: SimTarget;
  readonly #verb: "CREATE" | "UPDATE";
  readonly #steps: SimStep[];
  readonly #removed: readonly string[];
  /** What each touched resource was before; undefined where it was not there. */
  readonly #touched: { readonly logicalId: string; readonly before: SimResource | undefined }[] = [];

  constructor(world: World, stack: SimStack, target: SimTarget, verb: "CREATE" | "UPDATE", token: string | undefined) {
    this.#world = world;
    this.#stack = stack;
    this.#before = stack.target;
    this.#target = target;
    this.#verb = verb;
    const { steps, removed } = planUpdate(world, stack, target);
    this.#steps = steps;
    this.#removed = removed;
    stack.token = token;
    stack.isCancelled = false;
  }

  start(): void {
    this.#stack.target = this.#target;
    this.#enter(`${this.#verb}_IN_PROGRESS`);
    this.#world.later(STEP_MS, () => this.#next());
  }

  runAtOnce(): void {
    this.#stack.target = this.#target;
    try {
      for (const step of this.#steps) this.#run(step);
    } catch (error) {
      for (const { logicalId, before } of this.#touched.toReversed()) this.#restore(logicalId, before);
      this.#stack.target = this.#before;
      throw error;
    }
    this.#cleanUp();
  }

  #next(): void {
    const step = this.#steps.shift();
    if (this.#stack.isCancelled) return this.#rollBack("User Initiated");
    if (step === undefined) return this.#finish();
    try {
      this.#run(step);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#tell(step.logicalId, step.type, `${step.action === "Modify" ? "UPDATE" : "CREATE"}_FAILED`, reason);
      return this.#rollBack(`The following resource(s) failed: [${step.logicalId}].`);
    }
    this.#world.later(STEP_MS, () => this.#next());
  }

  #run({ logicalId, type, action, differing }: SimStep): void {
    const before = this.#stack.resources.get(logicalId);
    const properties = propertiesOf(this.#world, this.#stack, this.#target, logicalId);
    const { DeletionPolicy: deletionPolicy, Metadata: metadata } = this.#target.template.Resources[logicalId] ?? {};
    const make = () => this.#make(type, logicalId, properties);
    const isNew = action !== "Modify" || before === undefined;
    if (!isNew) this.#touched.push({ logicalId, before });
    const isChanged = type === NESTED || differing.length > 0;
    const change = () => (isChanged ? this.#change(type, before!.physicalId, properties) : before!.physicalId);
    const physicalId = isNew ? make() : change();
    if (isNew) this.#touched.push({ logicalId, before });
    const policy = deletionPolicy === undefined ? {} : { deletionPolicy };
    this.#stack.resources.set(logicalId, { type, physicalId, properties, metadata, ...policy });
    this.#tell(logicalId, type, `${isNew ? "CREATE" : "UPDATE"}_COMPLETE`);
  }

  #make(type: string, logicalId: string, properties: SimResource["properties"]): string {
    if (type !== NESTED) return RESOURCE_TYPES[type]!.create(this.#world, properties);
    const nested = this.#world.makeStack(`${this.#stack.name}-${logicalId}`);
    updateNested(this.#world, nested, this.#world.nestedTarget(properties));
    nested.status = "CREATE_COMPLETE";
    return nested.id;
  }

  #change(type: string, physicalId: string, properties: SimResource["properties"]): string {
    if (type === NESTED)
      updateNested(this.#world, this.#world.stackOf(physicalId), this.#world.nestedTarget(properties));
    else RESOURCE_TYPES[type]!.update(this.#world, physicalId, properties);
    return physicalId;
  }

  /** Restores the values of the previous template and parameters, even if they were changed by hand since. */
  #restore(logicalId: string, before: SimResource | undefined): void {
    const now = this.#stack.resources.get(logicalId)!;
    if (before === undefined || before.physicalId !== now.physicalId) this.#remove(now);
    else if (now.type === NESTED || !isDeepStrictEqual(now.properties, before.properties))
      this.#change(now.type, now.physicalId, before.properties);
    if (before === undefined) this.#stack.resources.delete(logicalId);
    else this.#stack.resources.set(logicalId, before);
  }

  #rollBack(reason: string): void {
    const prefix = this.#verb === "CREATE" ? "ROLLBACK" : "UPDATE_ROLLBACK";
    this.#enter(`${prefix}_IN_PROGRESS`, reason);
    const rest = this.#touched.toReversed();
    const next = () => {
      const touched = rest.shift();
      if (touched === undefined) {
        this.#stack.target = this.#before;
        this.#settle("EXECUTE_FAILED");
        return this.#enter(`${prefix}_COMPLETE`);
      }
      try {
        this.#restore(touched.logicalId, touched.before);
      } catch (error) {
        return this.#enter(`${prefix}_FAILED`, error instanceof Error ? error.message : String(error));
      }
      this.#world.later(STEP_MS, next);
    };
    this.#world.later(STEP_MS, next);
  }

  #finish(): void {
    if (this.#verb === "UPDATE") this.#enter("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
    this.#cleanUp();
    this.#settle("EXECUTE_COMPLETE");
    this.#world.later(STEP_MS, () => this.#enter(`${this.#verb}_COMPLETE`));
  }

  /** What the new template no longer has goes last, and what was replaced. */
  #cleanUp(): void {
    for (const logicalId of this.#removed) {
      const gone = this.#stack.resources.get(logicalId)!;
      this.#stack.resources.delete(logicalId);
      this.#remove(gone);
    }
    for (const { logicalId, before } of this.#touched) {
      const replaced = before !== undefined && this.#stack.resources.get(logicalId)?.physicalId !== before.physicalId;
      const policy = this.#target.template.Resources[logicalId]?.UpdateReplacePolicy;
      if (replaced && policy !== "Retain") this.#remove(before, true);
    }
  }

  /** A deletion that fails is skipped, as in the clean-up of an update. */
  #remove({ type, physicalId, deletionPolicy }: SimResource, isReplaced = false): void {
    if (deletionPolicy?.startsWith("Retain") === true && !isReplaced && !this.#isRollingBack()) return;
    if (type === NESTED) return this.#removeNested(this.#world.stackOf(physicalId));
    try {
      RESOURCE_TYPES[type]!.remove(this.#world, physicalId);
    } catch {
      // DELETE_FAILED, and CloudFormation goes on.
    }
  }

  #removeNested(nested: SimStack): void {
    for (const resource of [...nested.resources.values()].toReversed()) this.#remove(resource);
    nested.resources.clear();
    nested.status = "DELETE_COMPLETE";
  }

  /** `RetainExceptOnCreate` deletes what the operation that is rolled back has created. */
  #isRollingBack(): boolean {
    return this.#stack.status.includes("ROLLBACK");
  }

  #settle(executionStatus: "EXECUTE_COMPLETE" | "EXECUTE_FAILED"): void {
    for (const changeSet of this.#stack.changeSets.values())
      if (changeSet.executionStatus === "EXECUTE_IN_PROGRESS") changeSet.executionStatus = executionStatus;
  }

  #enter(status: string, reason?: string): void {
    const { world, stack } = { world: this.#world, stack: this.#stack };
    stack.earlier = { status: stack.status, until: world.now + world.statusDelayMs };
    stack.status = status;
    world.stacks.set(stack.name, status);
    this.#tell(stack.name, NESTED, status, reason);
    world.changed({ kind: "stack-status", name: stack.name, status });
  }

  #tell(logicalId: string, type: string, status: string, reason?: string): void {
    const { stack } = { stack: this.#stack };
    stack.events.unshift({
      EventId: `${stack.name}-${stack.events.length}`,
      StackId: stack.id,
      StackName: stack.name,
      LogicalResourceId: logicalId,
      PhysicalResourceId:
        type === NESTED && logicalId === stack.name ? stack.id : stack.resources.get(logicalId)?.physicalId,
      ResourceType: type,
      ResourceStatus: status,
      ResourceStatusReason: reason,
      Timestamp: new Date(this.#world.now),
      ClientRequestToken: stack.token,
    });
  }
}
