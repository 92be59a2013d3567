import { isStructure } from "./read-input.ts";
import type { RequestInput } from "./permission.ts";

/** `aws:RequestTag/…` and `aws:TagKeys` of a request that sets or removes tags, in whichever form the service takes them. */
export function tagFacts(input: RequestInput): Record<string, readonly string[]> {
  const tags = readTags(input["Tags"] ?? input["tags"]);
  const removed = input["TagKeys"] ?? input["tagKeys"];
  const keys = [...tags.map(([key]) => key), ...(Array.isArray(removed) ? removed.map(String) : [])];
  if (keys.length === 0) return {};
  const values = tags.map(([key, value]) => [`aws:requesttag/${key.toLowerCase()}`, [value]] as const);
  return { ...Object.fromEntries(values), "aws:tagkeys": keys };
}

/** Tags as keys and values, from a list or a map of them. */
export function readTags(given: unknown): [string, string][] {
  if (isStructure(given)) return Object.entries(given).map(([key, value]) => [key, String(value)]);
  if (!Array.isArray(given)) return [];
  return given
    .filter(isStructure)
    .map((tag) => [String(tag["Key"] ?? tag["key"]), String(tag["Value"] ?? tag["value"])]);
}
