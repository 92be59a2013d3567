import type { Checked } from "../../kit/checked.ts";
import { addTags, removeTags } from "../../kit/tags.ts";
import type { Tag } from "@aws-sdk/client-ssm";
import type { RequestContext } from "../../service.ts";
import { keyOf, type Input, type Output, type Ssm } from "./context.ts";
import { ssmValidation, ssmError } from "./errors.ts";

const MOST_TAGS = 50;

/** Refuses tags that SSM does not take. */
export function validateSsmTags(tags: readonly Checked<Tag>[]): void {
  if (tags.length > MOST_TAGS) {
    throw ssmError("TooManyTagsError", "Number of tags can't exceed the maximum of 50 tags");
  }
  const keys = tags.map((tag) => tag.Key);
  if (new Set(keys).size < keys.length) throw ssmValidation("Duplicate Tag keys are not allowed.");
  if (keys.some((key) => key?.startsWith("aws:"))) {
    throw ssmValidation("aws: prefixed tag key names are not allowed for external use.");
  }
}

/** Adds tags to a parameter, or overwrites them: at most 50. */
export function addTagsToResource(ssm: Ssm, input: Input<"AddTagsToResource">, context: RequestContext): object {
  const { key, parameter } = requireTagged(ssm, input, context);
  const tags = addTags(parameter.tags, input.Tags);
  validateSsmTags(tags);
  ssm.parameters.put(key, { ...parameter, tags });
  return {};
}

/** Removes tags by their keys. Keys that the parameter does not have are ignored. */
export function removeTagsFromResource(
  ssm: Ssm,
  input: Input<"RemoveTagsFromResource">,
  context: RequestContext,
): object {
  const { key, parameter } = requireTagged(ssm, input, context);
  ssm.parameters.put(key, { ...parameter, tags: removeTags(parameter.tags, input.TagKeys) });
  return {};
}

/** Returns a parameter's tags. */
export function listTagsForResource(
  ssm: Ssm,
  input: Input<"ListTagsForResource">,
  context: RequestContext,
): Output<"ListTagsForResource"> {
  return { TagList: [...requireTagged(ssm, input, context).parameter.tags] };
}

/** Only parameters are carried; AWS tags documents, maintenance windows and more through the same operations. */
function requireTagged(
  ssm: Ssm,
  input: { ResourceType?: string | undefined; ResourceId?: string | undefined },
  context: RequestContext,
) {
  const id = input.ResourceId!;
  const key = keyOf(context, id);
  const parameter = input.ResourceType === "Parameter" ? ssm.parameters.get(key) : undefined;
  if (parameter === undefined) {
    throw ssmError(
      "InvalidResourceId",
      "The resource ID is not valid. Verify that you entered the correct ID and try again.",
    );
  }
  return { key, parameter };
}
