import { findAwsManagedPolicy } from "../../policy/aws-managed-policies.ts";
import { encodeDocument } from "./document-text.ts";
import { requirePolicy } from "./find-policy.ts";
import { type Iam, type Input, nowMs, type Output } from "./context.ts";
import { deleteConflict, limitExceeded } from "./errors.ts";
import { noSuchPolicyVersion, validateDocument } from "./managed-policies.ts";
import { readPage } from "./paging.ts";
import type { PolicyRecord, PolicyVersionRecord } from "../../policy/identity-records.ts";

const MOST_VERSIONS = 5;

/** Adds a version, of which a policy has at most five: else `LimitExceededException`. */
export function createPolicyVersion(iam: Iam, input: Input<"CreatePolicyVersion">): Output<"CreatePolicyVersion"> {
  const policy = requirePolicy(iam, input.PolicyArn);
  validateDocument(input.PolicyDocument);
  if (policy.versions.length >= MOST_VERSIONS) {
    throw limitExceeded(
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    );
  }
  const now = nowMs(iam);
  const version = { id: `v${policy.versionCount + 1}`, document: input.PolicyDocument, createdMs: now };
  const changed: PolicyRecord = {
    ...policy,
    versions: [...policy.versions, version],
    versionCount: policy.versionCount + 1,
    updatedMs: now,
    ...(input.SetAsDefault ? { defaultVersion: version.id } : {}),
  };
  iam.policies.put(policy.arn, changed);
  return { PolicyVersion: describe(changed, version) };
}

/** Returns a version with its document, URL-encoded. */
export function getPolicyVersion(iam: Iam, input: Input<"GetPolicyVersion">): Output<"GetPolicyVersion"> {
  const awsManaged = findAwsManagedPolicy(input.PolicyArn);
  if (awsManaged) {
    const { document, version } = awsManaged;
    if (document === undefined || version !== input.VersionId)
      throw noSuchPolicyVersion(awsManaged.arn, input.VersionId);
    return { PolicyVersion: { Document: encodeDocument(document), VersionId: version, IsDefaultVersion: true } };
  }
  const policy = requirePolicy(iam, input.PolicyArn);
  const version = requireVersion(policy, input.VersionId);
  return { PolicyVersion: { Document: encodeDocument(version.document), ...describe(policy, version) } };
}

/** Lists a policy's versions, newest first, a page at a time. */
export function listPolicyVersions(iam: Iam, input: Input<"ListPolicyVersions">): Output<"ListPolicyVersions"> {
  const policy = requirePolicy(iam, input.PolicyArn);
  const page = readPage(policy.versions.toReversed(), input);
  return { Versions: page.items.map((version) => describe(policy, version)), ...page.paging };
}

/** Puts a version into force wherever the policy is attached. */
export function setDefaultPolicyVersion(iam: Iam, input: Input<"SetDefaultPolicyVersion">): object {
  const policy = requirePolicy(iam, input.PolicyArn);
  const { id } = requireVersion(policy, input.VersionId);
  iam.policies.put(policy.arn, { ...policy, defaultVersion: id, updatedMs: nowMs(iam) });
  return {};
}

/** Deletes a version. `DeleteConflictException` for the default one. */
export function deletePolicyVersion(iam: Iam, input: Input<"DeletePolicyVersion">): object {
  const policy = requirePolicy(iam, input.PolicyArn);
  const version = requireVersion(policy, input.VersionId);
  if (version.id === policy.defaultVersion) throw deleteConflict("Cannot delete the default version of a policy.");
  const versions = policy.versions.filter((each) => each !== version);
  iam.policies.put(policy.arn, { ...policy, versions, updatedMs: nowMs(iam) });
  return {};
}

function requireVersion(policy: PolicyRecord, id: string): PolicyVersionRecord {
  const version = policy.versions.find((each) => each.id === id);
  if (version === undefined) throw noSuchPolicyVersion(policy.arn, id);
  return version;
}

function describe(policy: PolicyRecord, version: PolicyVersionRecord) {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersion,
    CreateDate: new Date(version.createdMs),
  };
}
