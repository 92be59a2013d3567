import { validateTags } from "./tag-rules.ts";
import type { Checked } from "../../kit/checked.ts";
import { addTags, lastOfEachKey, removeTags } from "../../kit/tags.ts";
import type { Tag } from "@aws-sdk/client-eventbridge";
import type { RequestContext } from "../../service.ts";
import { requireBus } from "./buses/buses.ts";
import { keyOf, type Events, type Input, type Output } from "./context.ts";
import { invalid } from "./errors.ts";
import { requireRule } from "./rules/rules.ts";

/** Returns the tags of a bus or rule, by ARN. */
export function listTagsForResource(
  events: Events,
  input: Input<"ListTagsForResource">,
  context: RequestContext,
): Output<"ListTagsForResource"> {
  return { Tags: [...findTagged(events, input.ResourceARN, context).tags] };
}

/** Adds tags to a bus or rule, or overwrites them. */
export function tagResource(events: Events, input: Input<"TagResource">, context: RequestContext): object {
  const tagged = findTagged(events, input.ResourceARN, context);
  const tags = addTags(tagged.tags, lastOfEachKey(input.Tags));
  validateTags(tags);
  tagged.save(tags);
  return {};
}

/** Removes tags by their keys. Keys that the resource does not have are ignored. */
export function untagResource(events: Events, input: Input<"UntagResource">, context: RequestContext): object {
  const tagged = findTagged(events, input.ResourceARN, context);
  tagged.save(removeTags(tagged.tags, input.TagKeys));
  return {};
}

interface Tagged {
  readonly tags: readonly Checked<Tag>[];
  save(tags: readonly Checked<Tag>[]): void;
}

function findTagged(events: Events, arn = "", context: RequestContext): Tagged {
  const [, , , , , resource = ""] = arn.split(":");
  const [kind, ...names] = resource.split("/");
  if (kind === "event-bus") {
    const bus = requireBus(events, context, names.join("/"));
    return { tags: bus.tags, save: (tags) => events.buses.put(keyOf(bus, bus.name), { ...bus, tags }) };
  }
  if (kind !== "rule")
    throw invalid(`Parameter ResourceARN is not valid. Reason: Provided Arn is not in correct format.`);
  const rule = requireRule(events, context, names.at(-1), names.length > 1 ? names[0] : undefined);
  return { tags: rule.tags, save: (tags) => events.rules.put({ ...rule, tags }) };
}
