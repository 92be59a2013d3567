import type { LiveResource } from "../model.ts";
import { resourceSchema } from "../schema/resource-schema.ts";
import { resourceType } from "../types/registry.ts";
import type { ResourceContext } from "../types/resource-type.ts";
import { tagDifference } from "../types/tolerate.ts";
import { mergeTags } from "./merge-tags.ts";

/** Brings the tags of an updated resource to what its properties and its stack say. System tags never change. */
export async function retag(
  type: string,
  before: LiveResource,
  after: LiveResource,
  context: ResourceContext,
): Promise<void> {
  const tagging = resourceType(type)?.tagging;
  const property = resourceSchema(type)?.tags?.property;
  if (tagging === undefined || property === undefined) return;
  const tagsOf = ({ properties, stackTags }: LiveResource) => mergeTags(properties[property], stackTags);
  const { set, removed } = tagDifference(tagsOf(before), tagsOf(after));
  if (set.length > 0) await tagging.set(after, set, context);
  if (removed.length > 0) await tagging.remove(after, removed, context);
}
