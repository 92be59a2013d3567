import { readTags } from "../../iam/permissions/tag-facts.ts";
import { isStructure } from "../../iam/permissions/read-input.ts";
import type { Caller } from "./caller.ts";

const MENTIONS = /resourcetag\//i;

/** Whether policies of callers read tags of resources: of most they do not, and the tags are not looked up. */
export class TagMentions {
  readonly #known = new WeakMap<Caller, boolean>();

  /** Whether a policy of the caller, or the resource's own, reads tags of the resource. */
  has(caller: Caller, policy: string | undefined): boolean {
    if (policy !== undefined && MENTIONS.test(policy)) return true;
    let known = this.#known.get(caller);
    if (known === undefined) this.#known.set(caller, (known = MENTIONS.test(JSON.stringify(caller.policies))));
    return known;
  }
}

/** Services that had a key of their own before `aws:ResourceTag`, by the service of the resource's ARN. */
const OWN_KEYS: Readonly<Record<string, string>> = { iam: "iam", secretsmanager: "secretsmanager", ssm: "ssm" };

/**
 * The context keys of a resource's tags, such as `aws:resourcetag/team`, from what the operation that reads them
 * answers: the tags are a list or a map, of one resource.
 */
export function resourceTagFacts(arn: string, answer: unknown): Record<string, readonly string[]> {
  const own = OWN_KEYS[arn.split(":")[2] ?? ""];
  const facts = readTags(tagsIn(answer)).flatMap(([key, value]) =>
    ["aws", ...(own === undefined ? [] : [own])].map(
      (prefix) => [`${prefix}:resourcetag/${key.toLowerCase()}`, [value]] as const,
    ),
  );
  return Object.fromEntries(facts);
}

function tagsIn(answer: unknown): unknown {
  if (!isStructure(answer)) return [];
  const { Stacks: stacks } = answer;
  if (Array.isArray(stacks)) return tagsIn(stacks[0]);
  return answer["Tags"] ?? answer["tags"] ?? answer["TagList"];
}
