import { addTags, removeTags } from "../../kit/tags.ts";
import type { Tag } from "@aws-sdk/client-secrets-manager";
import type { RequestContext } from "../../service.ts";
import { requireSecret, save, type Input, type Secrets } from "./context.ts";
import { invalidParameter, invalidRequest, limitExceeded } from "./errors.ts";

const MOST_TAGS = 50;

/** Refuses tags that Secrets Manager does not take. */
export function validateSecretTags(tags: readonly Tag[]): void {
  if (tags.length > MOST_TAGS) throw limitExceeded(`A secret can have at most ${MOST_TAGS} tags.`);
  const keys = tags.map((tag) => tag.Key);
  if (new Set(keys).size < keys.length) throw invalidParameter("You can't add multiple tags with the same key.");
  if (keys.some((key) => key?.startsWith("aws:"))) {
    throw invalidRequest("You can't add a tag with a key that begins with aws:. That prefix is reserved for AWS.");
  }
}

/** Adds tags to a secret, or overwrites them: at most 50. */
export function tagResource(secrets: Secrets, input: Input<"TagResource">, context: RequestContext): object {
  const record = requireSecret(secrets, context, input.SecretId);
  const tags = addTags(record.tags, input.Tags);
  validateSecretTags(tags);
  save(secrets, context, { ...record, tags });
  return {};
}

/** Removes tags by their keys. Keys that the secret does not have are ignored. */
export function untagResource(secrets: Secrets, input: Input<"UntagResource">, context: RequestContext): object {
  const record = requireSecret(secrets, context, input.SecretId);
  save(secrets, context, { ...record, tags: removeTags(record.tags, input.TagKeys) });
  return {};
}
