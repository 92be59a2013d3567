import type { CleanupRecord, LiveResource, ResourceRecord } from "../model.ts";
import { resourceType } from "../types/registry.ts";
import {
  PartlyMadeError,
  type CurrentResource,
  type Properties,
  type ResourceContext,
  type ResourceType,
} from "../types/resource-type.ts";
import { changedNames, sameValue } from "../types/tolerate.ts";
import { resolveProperties, type Wanted } from "./desired.ts";
import { HaltedError } from "./failure.ts";
import { retag } from "./retag.ts";
import { CancelledError, liveOf, type StackRun } from "./stack-run.ts";

/** Creates a new physical resource for a record; emits "Resource creation Initiated" once it has an id. */
export async function makeResource(
  run: StackRun,
  record: ResourceRecord,
  wanted: Wanted,
  status: "CREATE_IN_PROGRESS" | "UPDATE_IN_PROGRESS",
): Promise<void> {
  const handler = resourceType(record.type)!;
  const { step, resumed } = run.beginStep(record, "create");
  const stackTags = run.stackTags(wanted.revisionId);
  const context = run.context(record, step, resumed, stackTags);
  const properties = await resolveProperties(wanted.desired, run.parts.cloud, run.stack.region);
  if (!step.isMade) {
    run.keepResource(record);
    const made = await handler.create(properties, context).catch((error: unknown) => {
      if (!(error instanceof PartlyMadeError)) throw error;
      // A cloud that stops continues with the same step when it starts again.
      if (error.cause instanceof HaltedError) throw error.cause;
      record.live = liveOf(error.made, wanted, stackTags);
      throw error.cause instanceof CancelledError ? error.cause : error;
    });
    record.live = liveOf(made, wanted, stackTags);
    record.step = { ...step, isMade: true };
    run.setResource(record, status, "Resource creation Initiated");
  }
  await stabilise(handler, { ...record.live!, properties }, context);
}

/** Updates an existing physical resource to the desired properties. A new physical id means a replacement. */
export async function changeResource(
  run: StackRun,
  record: ResourceRecord,
  wanted: Wanted,
  isRollback = false,
): Promise<void> {
  const { desired, revisionId } = wanted;
  const handler = resourceType(record.type)!;
  const base = withDirt(record.live!, record.dirty, desired);
  const { step, resumed } = run.beginStep(record, "update", { attempted: desired, base, isRollback });
  run.keepResource(record);
  const stackTags = run.stackTags(revisionId);
  const context = run.context(record, step, resumed, stackTags);
  const resolved = await resolveProperties(desired, run.parts.cloud, run.stack.region);
  const made = await (isRollback && handler.revert
    ? handler.revert(step.base!, { ...step.base!, properties: resolved }, context)
    : handler.update!(resolved, step.base!, context));
  await stabilise(handler, { ...made, properties: resolved }, context);
  const attempted = isRollback ? run.stackTags(run.operation.targetRevisionId) : [];
  const before = { ...step.base!, stackTags: [...step.base!.stackTags, ...attempted] };
  await retag(record.type, before, { ...made, properties: resolved, stackTags }, context);
  record.live = liveOf(made, wanted, stackTags);
  run.keepResource(record);
}

/** Where a failed update may have left a property changed, the resource counts as different from the desired one. */
function withDirt(live: LiveResource, dirty: Properties | undefined, desired: Properties): LiveResource {
  if (!dirty) return live;
  const touched = changedNames(live.properties, dirty).filter((name) =>
    sameValue(live.properties[name], desired[name]),
  );
  const properties = { ...live.properties, ...Object.fromEntries(touched.map((name) => [name, dirty[name]])) };
  return { ...live, properties };
}

/** Notifies a resource's type that the operation can no longer fail. */
export async function finishResource(run: StackRun, record: ResourceRecord): Promise<void> {
  const handler = resourceType(record.type);
  if (!handler?.finish || !record.live) return;
  const step = { verb: "update", token: run.operation.id, nameSuffix: "" } as const;
  await handler.finish(record.live, run.context(record, step, false, record.live.stackTags));
}

/** Takes a physical resource away. */
export async function removeResource(
  run: StackRun,
  item: Pick<CleanupRecord, "logicalId" | "type" | "live" | "step">,
  keep: () => void,
): Promise<void> {
  const handler = resourceType(item.type)!;
  const { step, resumed } = run.beginStep(item, "delete");
  keep();
  const context = run.context(item, step, resumed, item.live.stackTags);
  const properties = await resolveProperties(item.live.properties, run.parts.cloud, run.stack.region).catch(
    () => item.live.properties,
  );
  await handler.delete({ ...item.live, properties }, context);
  run.refuseWhenHalted();
}

/** Polls until the resource has settled. No wait is longer than the resource needs, give or take 50 ms. */
async function stabilise(handler: ResourceType, current: CurrentResource, context: ResourceContext): Promise<void> {
  if (!handler.isStable) return;
  for (let waitMs = 1; !(await handler.isStable(current, context)); waitMs = Math.min(waitMs * 2, 50)) {
    await new Promise((resolve) => setTimeout(resolve, waitMs));
    if (context.signal.aborted && !(context.signal.reason instanceof HaltedError)) return;
    context.signal.throwIfAborted();
  }
}
