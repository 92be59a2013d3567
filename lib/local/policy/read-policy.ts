import { parsePolicy, PolicySyntaxError, type PolicyDocument } from "../../iam/policy-document.ts";

const MAX_KEPT = 1000;
const kept = new Map<string, PolicyDocument | undefined>();

/**
 * The policy that a service keeps as text, parsed once for each text. Undefined where there is none, or where the text
 * is not a policy: services validate what they are given, and a text that cannot be read grants nothing.
 */
export function readPolicy(text: string | undefined): PolicyDocument | undefined {
  if (!text) return undefined;
  if (kept.has(text)) return kept.get(text);
  if (kept.size >= MAX_KEPT) kept.clear();
  const document = tryParse(text);
  kept.set(text, document);
  return document;
}

function tryParse(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(text);
  } catch (error) {
    if (error instanceof PolicySyntaxError) return undefined;
    throw error;
  }
}
