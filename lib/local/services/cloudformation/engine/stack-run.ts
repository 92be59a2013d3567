import type { Checked } from "../../../kit/checked.ts";
import { randomUUID } from "node:crypto";
import type { ResourceStatus, StackStatus, Tag } from "@aws-sdk/client-cloudformation";
import type { CallContext, Cloud } from "../../../service.ts";
import type { EventLog } from "../events.ts";
import { findExport } from "../exports.ts";
import type {
  CleanupRecord,
  LiveResource,
  OperationRecord,
  ResourceRecord,
  ResourceStep,
  Revision,
  StackRecord,
} from "../model.ts";
import { planRevision, recordedValues, type RevisionPlan } from "../plan.ts";
import { AwsError } from "../../../aws-error.ts";
import type { StackStore } from "../stack-store.ts";
import type { CloudformationOwn, NestedStacks, ResourceContext } from "../types/resource-type.ts";
import type { Callbacks } from "./callbacks.ts";
import { shownOf, type Wanted } from "./desired.ts";
import { HaltedError, noteService } from "./failure.ts";
import { mergeTags } from "./merge-tags.ts";
import { newNameSuffix, physicalName } from "./physical-name.ts";

/** What the engine works with. */
export interface EngineParts {
  readonly cloud: Cloud;
  readonly store: StackStore;
  readonly events: EventLog;
  readonly callbacks: Callbacks;
  /** The stacks nested in a stack. */
  nestedIn(stack: StackRecord): NestedStacks;
}

/** One stack with an operation under way: its records, its plans, and how they are stored and reported. */
export class StackRun {
  readonly parts: EngineParts;
  readonly stack: StackRecord;
  readonly resources: Map<string, ResourceRecord>;
  /** Physical resources of this operation that are on their way out, by cleanup id. */
  readonly imported = new Set<string>();
  #controller = new AbortController();
  #halted = false;

  constructor(parts: EngineParts, stack: StackRecord) {
    this.parts = parts;
    this.stack = stack;
    this.resources = parts.store.resources(stack);
  }

  get operation(): OperationRecord {
    return this.stack.operation!;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the waiting of steps that are under way: a sibling failed, or a stop was requested. */
  readonly cancel = (): void => this.#controller.abort(new CancelledError("cancelled"));

  /** The next phase works with a fresh signal. */
  renewSignal(): void {
    if (this.#controller.signal.aborted) this.#controller = new AbortController();
  }

  /** Stops as if killed: nothing more is written. */
  halt(): void {
    this.#halted = true;
    this.#controller.abort(new HaltedError("halted"));
  }

  refuseWhenHalted(): void {
    if (this.#halted) throw new HaltedError("halted");
  }

  save(): void {
    this.refuseWhenHalted();
    this.parts.store.put(this.stack);
  }

  /** Sets the stack's status and emits its event. */
  setStatus(status: StackStatus, reason?: string): void {
    this.stack.status = status;
    this.stack.statusReason = reason;
    this.save();
    this.parts.events.addStack(this.stack);
  }

  /** Sets a resource's status, stores it and emits its event. */
  setResource(
    record: ResourceRecord,
    status: ResourceStatus,
    reason?: string,
    shown?: { physicalId?: string; properties?: unknown },
  ): void {
    this.refuseWhenHalted();
    record.status = status;
    record.statusReason = reason;
    record.timestamp = this.parts.cloud.clock.now();
    this.resources.set(record.logicalId, record);
    this.parts.store.putResource(this.stack, record);
    this.parts.events.add(this.stack, {
      logicalId: record.logicalId,
      physicalId: shown?.physicalId ?? record.live?.physicalId ?? "",
      type: record.type,
      status,
      reason,
      properties: shown?.properties ?? shownOf(record.live),
    });
  }

  /** Keeps a resource's record without telling anything. */
  keepResource(record: ResourceRecord): void {
    this.refuseWhenHalted();
    this.resources.set(record.logicalId, record);
    this.parts.store.putResource(this.stack, record);
  }

  forgetResource(logicalId: string): void {
    this.refuseWhenHalted();
    this.resources.delete(logicalId);
    this.parts.store.deleteResource(this.stack, logicalId);
  }

  putCleanup(record: CleanupRecord): void {
    this.refuseWhenHalted();
    this.parts.store.putCleanup(this.stack, record);
  }

  revision(id: string | undefined): Revision {
    return this.parts.store.revision(this.stack, id)!;
  }

  /** A revision worked out against the resources as they are at each moment. */
  plan(revisionId: string | undefined): RevisionPlan {
    const values = recordedValues(this.resources, (name) => this.#importValue(name));
    return planRevision(this.revision(revisionId), this.stack, this.parts.cloud.account, values);
  }

  #importValue(name: string): string {
    const found = findExport(this.parts.store, this.stack.region, name);
    if (!found) throw new AwsError("ValidationError", `No export named ${name} found.`);
    this.imported.add(name);
    return found.value;
  }

  /** A step that is started now, or the one that was started before a restart. */
  beginStep(
    holder: { step?: ResourceStep },
    verb: ResourceStep["verb"],
    update: Pick<ResourceStep, "attempted" | "base" | "isRollback"> = {},
  ): { step: ResourceStep; resumed: boolean } {
    const known = holder.step;
    if (known?.verb === verb && known.isRollback === update.isRollback) return { step: known, resumed: true };
    holder.step = { verb, token: randomUUID(), nameSuffix: newNameSuffix(), ...update };
    return { step: holder.step, resumed: false };
  }

  /** What a resource type gets for one step. */
  context(
    resource: { readonly logicalId: string; readonly type: string },
    step: ResourceStep,
    resumed: boolean,
    stackTags: readonly Checked<Tag>[],
    signal = this.signal,
  ): ResourceContext {
    const { cloud } = this.parts;
    const { stack } = this;
    return {
      cloud,
      account: cloud.account,
      region: stack.region,
      stackId: stack.id,
      stackName: stack.name,
      logicalId: resource.logicalId,
      type: resource.type,
      requestToken: step.token,
      resumed,
      signal,
      name: (limits = {}) => {
        const owner = limits.withoutStack === true ? undefined : stack.name;
        const name = physicalName(owner, resource.logicalId, step.nameSuffix, limits.maxLength);
        return limits.lowerCase ? name.toLowerCase() : name;
      },
      tags: (own) => [...mergeTags(own, stackTags), ...systemTags(resource.logicalId, stack)],
      plainTags: (own) => mergeTags(own, stackTags),
      isOwned: (physicalId) => [...this.resources.values()].some((record) => record.live?.physicalId === physicalId),
      own: this.#own(),
      call: async (service, operation, input, region = stack.region) => {
        this.refuseWhenHalted();
        try {
          // Handlers write enumerations as text; the service checks them.
          return await cloud.call(service, operation, input as never, { region, ...serviceRole(stack) });
        } catch (error) {
          noteService(error, service);
          throw error;
        }
      },
    };
  }

  #own(): CloudformationOwn {
    const { callbacks } = this.parts;
    return {
      openCallback: (token) => callbacks.open(token),
      callbackUrls: (token) => callbacks.urls(token),
      answers: (token, count, timeoutMs, signal) => callbacks.answers(token, count, timeoutMs, signal),
      closeCallback: (token) => {
        this.refuseWhenHalted();
        callbacks.close(token);
      },
      nested: this.parts.nestedIn(this.stack),
    };
  }

  /** The tags of the stack at a revision. */
  stackTags(revisionId: string | undefined): readonly Checked<Tag>[] {
    return this.parts.store.revision(this.stack, revisionId)?.tags ?? [];
  }
}

/** Why a step gave up waiting: not by its own fault. */
export class CancelledError extends Error {}

/** A physical resource with what the stack's records add. */
export function liveOf(
  made: { physicalId: string; ref?: string; attributes?: LiveResource["attributes"] },
  { desired, shown }: Wanted,
  stackTags: readonly Checked<Tag>[],
): LiveResource {
  const { physicalId, ref, attributes } = made;
  return { physicalId, ref, attributes, properties: desired, stackTags, ...(shown && { shown }) };
}

function systemTags(logicalId: string, stack: StackRecord): { Key: string; Value: string }[] {
  return [
    { Key: "aws:cloudformation:stack-name", Value: stack.name },
    { Key: "aws:cloudformation:stack-id", Value: stack.id },
    { Key: "aws:cloudformation:logical-id", Value: logicalId },
  ];
}

/** A stack with a service role makes its calls in that role. */
function serviceRole({ roleArn }: StackRecord): Pick<CallContext, "as"> {
  if (roleArn === undefined) return {};
  return { as: { roleArn, sessionName: "AWSCloudFormation", service: "cloudformation.amazonaws.com" } };
}
