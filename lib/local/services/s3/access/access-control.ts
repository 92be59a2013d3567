import type { Checked } from "../../../kit/checked.ts";
import type { AccessControlPolicy, Grant } from "@aws-sdk/client-s3";
import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import { ownerOnly, readAclHeaders, requireAcls, validateGrantee, type AclHeaders } from "./acl.ts";
import { requireObject } from "../objects/find-version.ts";
import { notify } from "../notifications/notifications.ts";
import { canonicalUser, requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { malformedXml } from "../errors.ts";

const PERMISSIONS = new Set(["FULL_CONTROL", "READ", "WRITE", "READ_ACP", "WRITE_ACP"]);

/** Sets a bucket's ACL. `AccessControlListNotSupported` where the bucket's owner is enforced. */
export function putBucketAcl(s3: S3, input: Input<"PutBucketAcl">): object {
  const bucket = requireBucket(s3, input.Bucket);
  const grants = readAcl(s3, input);
  if (input.ACL !== "private") requireAcls(s3, bucket);
  refusePublic(s3, bucket.name, grants);
  s3.settings.put(bucket.name, "acl", grants);
  return {};
}

/** Returns a bucket's ACL. */
export function getBucketAcl(s3: S3, input: Input<"GetBucketAcl">): Output<"GetBucketAcl"> {
  const bucket = requireBucket(s3, input.Bucket);
  const grants = s3.settings.get(bucket.name, "acl") ?? ownerOnly(s3.cloud.account);
  return { Owner: { ID: canonicalUser(s3.cloud.account) }, Grants: [...grants] };
}

/** Sets an object's ACL. `AccessControlListNotSupported` where the bucket's owner is enforced. */
export function putObjectAcl(s3: S3, input: Input<"PutObjectAcl">, context: RequestContext): Output<"PutObjectAcl"> {
  const bucket = requireBucket(s3, input.Bucket);
  const grants = readAcl(s3, input);
  const found = requireObject(s3, bucket.name, input.Key, input.VersionId, "PUT");
  if (input.ACL !== "bucket-owner-full-control") requireAcls(s3, bucket);
  refusePublic(s3, bucket.name, grants);
  s3.cloud.store.transaction(() => {
    s3.objects.update(bucket.name, found.key, found.sequence, { ...found.record, grants });
    notify(s3, context, "ObjectAcl:Put", bucket.name, found.key, found.record);
  });
  return {};
}

/** Returns an object's ACL. */
export function getObjectAcl(s3: S3, input: Input<"GetObjectAcl">): Output<"GetObjectAcl"> {
  const bucket = requireBucket(s3, input.Bucket);
  const { record } = requireObject(s3, bucket.name, input.Key, input.VersionId, "GET");
  const grants = record.grants ?? ownerOnly(s3.cloud.account);
  return { Owner: { ID: canonicalUser(s3.cloud.account) }, Grants: [...grants] };
}

function readAcl(
  s3: S3,
  input: AclHeaders & { AccessControlPolicy?: Checked<AccessControlPolicy> | undefined },
): Checked<Grant>[] {
  const { account } = s3.cloud;
  const named = readAclHeaders(input, account);
  if (named === undefined) {
    if (input.AccessControlPolicy === undefined) throw missingAcl();
    return readPolicy(input.AccessControlPolicy, account);
  }
  if (input.AccessControlPolicy === undefined) return named;
  throw new AwsError("UnexpectedContent", "This request does not support content");
}

function readPolicy(policy: Checked<AccessControlPolicy>, account: string): Checked<Grant>[] {
  const { Owner: owner, Grants: grants } = policy;
  if (owner?.ID === undefined || grants === undefined) throw malformedAcl();
  const names = { id: "CanonicalUser/ID", uri: "Group/URI" };
  validateGrantee({ id: owner.ID }, names, account);
  for (const { Grantee: grantee, Permission: permission } of grants) {
    if (!PERMISSIONS.has(permission ?? "")) throw malformedAcl();
    if (grantee?.Type === "CanonicalUser") validateGrantee({ id: grantee.ID ?? "" }, names, account);
    else if (grantee?.Type === "Group") validateGrantee({ uri: grantee.URI ?? "" }, names, account);
    else throw malformedAcl();
  }
  return grants;
}

function refusePublic(s3: S3, bucket: string, grants: readonly Checked<Grant>[]): void {
  const open = grants.some(({ Grantee: grantee }) => /\/(AllUsers|AuthenticatedUsers)$/.test(grantee?.URI ?? ""));
  if (!open || !s3.settings.get(bucket, "publicAccessBlock")?.BlockPublicAcls) return;
  throw new AwsError("AccessDenied", "Access Denied", { statusCode: 403 });
}

function missingAcl(): AwsError {
  return new AwsError("MissingSecurityHeader", "Your request was missing a required header", {
    members: { MissingHeaderName: "x-amz-acl" },
  });
}

function malformedAcl(): AwsError {
  return new AwsError("MalformedACLError", malformedXml().message);
}
