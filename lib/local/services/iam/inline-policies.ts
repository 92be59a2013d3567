import { encodeDocument } from "./document-text.ts";
import { identitiesOf, keyOf, requireIdentity, type Iam } from "./context.ts";
import { limitExceeded, noSuchEntity } from "./errors.ts";
import { validateName } from "./names.ts";
import { readPage } from "./paging.ts";
import { readIdentityPolicy } from "./validate-policy.ts";
import type { IdentityKind } from "../../policy/identity-records.ts";

/** Characters of all inline policies together, without white space (IAM and AWS STS quotas). */
const LONGEST = { role: 10_240, user: 2048, group: 5120 } as const;

/** Adds an inline policy to a role, user or group, or replaces it. */
export function putInlinePolicy(
  iam: Iam,
  kind: IdentityKind,
  name: string,
  policy: { readonly PolicyName?: string | undefined; readonly PolicyDocument?: string | undefined },
): object {
  const identity = requireIdentity(iam, kind, name);
  const policyName = policy.PolicyName!;
  validateName(policyName, "policyName");
  const document = policy.PolicyDocument!;
  readIdentityPolicy(document);
  const others = identity.inline.filter((each) => each.name !== policyName);
  const inline = [...others, { name: policyName, document }].sort((a, b) => (a.name < b.name ? -1 : 1));
  const size = inline.reduce((sum, each) => sum + each.document.replaceAll(/\s/g, "").length, 0);
  if (size > LONGEST[kind]) {
    throw limitExceeded(`Maximum policy size of ${LONGEST[kind]} bytes exceeded for ${kind} ${name}`);
  }
  identitiesOf(iam, kind).put(keyOf(name), { ...identity, inline });
  return {};
}

/** The document as it travels. */
export function readInlinePolicy(iam: Iam, kind: IdentityKind, name: string, policyName: string): string {
  const policy = requireIdentity(iam, kind, name).inline.find((each) => each.name === policyName);
  if (policy === undefined) throw noSuchInlinePolicy(kind, policyName);
  return encodeDocument(policy.document);
}

/** Deletes an inline policy. `NoSuchEntityException` where there is none of this name. */
export function deleteInlinePolicy(iam: Iam, kind: IdentityKind, name: string, policyName: string): object {
  const identity = requireIdentity(iam, kind, name);
  const inline = identity.inline.filter((each) => each.name !== policyName);
  if (inline.length === identity.inline.length) throw noSuchInlinePolicy(kind, policyName);
  identitiesOf(iam, kind).put(keyOf(name), { ...identity, inline });
  return {};
}

/** Lists the names of inline policies, a page at a time. */
export function listInlinePolicies(
  iam: Iam,
  kind: IdentityKind,
  name: string,
  query: { readonly MaxItems?: number; readonly Marker?: string },
) {
  const page = readPage(requireIdentity(iam, kind, name).inline, query);
  return { PolicyNames: page.items.map((policy) => policy.name), ...page.paging };
}

function noSuchInlinePolicy(kind: IdentityKind, policyName: string) {
  return noSuchEntity(`The ${kind} policy with name ${policyName} cannot be found.`);
}
