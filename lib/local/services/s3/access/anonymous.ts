import type { Checked } from "../../../kit/checked.ts";
import type { Grant } from "@aws-sdk/client-s3";
import type { RequestContext } from "../../../service.ts";
import { evaluatePolicies, type Decision } from "../../../../iam/evaluate.ts";
import { ANONYMOUS } from "../../../../iam/principal.ts";
import { readPolicy } from "../../../policy/read-policy.ts";
import type { S3 } from "../context.ts";
import { accessDenied } from "../errors.ts";

const EVERYBODY = "http://acs.amazonaws.com/groups/global/AllUsers";

/** What is known of every request without credentials. */
const FACTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["aws:securetransport", ["true"]],
  ["aws:principaltype", ["Anonymous"]],
]);

/** The permission that an operation needs, where it is not called like the operation. */
const ACTIONS = new Map([
  ["HeadObject", "GetObject"],
  ["HeadBucket", "ListBucket"],
  ["ListObjects", "ListBucket"],
  ["ListObjectsV2", "ListBucket"],
  ["ListObjectVersions", "ListBucketVersions"],
  ["DeleteObjects", "DeleteObject"],
  ["CopyObject", "PutObject"],
  ["UploadPart", "PutObject"],
  ["CreateMultipartUpload", "PutObject"],
  ["CompleteMultipartUpload", "PutObject"],
]);

/** Refuses a request without credentials, unless the bucket's policy or an ACL lets everybody do this. */
export function refuseAnonymous(
  s3: S3,
  operation: string,
  { Bucket: bucket, Key: key }: { readonly Bucket?: string; readonly Key?: string },
  { http, accessKeyId }: RequestContext,
): void {
  if (http === undefined || accessKeyId !== undefined || isSignedOldStyle(http)) return;
  if (bucket !== undefined && s3.buckets.get(bucket) === undefined) return;
  const action = `s3:${ACTIONS.get(operation) ?? operation}`;
  const resource = `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
  if (bucket === undefined || !isOpen(s3, bucket, key, action, resource)) throw accessDenied();
}

function isSignedOldStyle({ headers, url = "" }: NonNullable<RequestContext["http"]>): boolean {
  return headers.authorization?.startsWith("AWS ") === true || /[?&](AWSAccessKeyId)=/.test(url);
}

/** A Deny of the policy outranks what an ACL grants. A restricted bucket ignores what its policy grants to the public. */
function isOpen(s3: S3, bucket: string, key: string | undefined, action: string, resource: string): boolean {
  const block = s3.settings.get(bucket, "publicAccessBlock");
  const decision = decide(s3.settings.get(bucket, "policy"), action, resource);
  if (decision === "explicitDeny") return false;
  if (decision === "allowed" && !block?.RestrictPublicBuckets) return true;
  return !block?.IgnorePublicAcls && action.startsWith("s3:Get") && key !== undefined && isReadable(s3, bucket, key);
}

function decide(policy: string | undefined, action: string, resource: string): Decision {
  const document = readPolicy(policy);
  if (document === undefined) return "implicitDeny";
  const request = { action, resource, principal: ANONYMOUS, context: FACTS };
  return evaluatePolicies([{ id: "bucket", document }], request).decision;
}

function isReadable(s3: S3, bucket: string, key: string): boolean {
  const latest = s3.objects.latest(bucket, key)?.record;
  const grants: readonly Checked<Grant>[] = latest === undefined || latest.deleteMarker ? [] : (latest.grants ?? []);
  return grants.some(({ Grantee, Permission }) => Grantee?.URI === EVERYBODY && Permission === "READ");
}
