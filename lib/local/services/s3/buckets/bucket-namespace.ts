import { AwsError } from "../../../aws-error.ts";
import type { RequestContext } from "../../../service.ts";
import type { Input } from "../context.ts";

const HEADER = "x-amz-bucket-namespace";
const SUFFIX = /-(\d{12})-([a-z]{2,4}(?:-[a-z]+)+-\d)-an$/;

/**
 * Whether a bucket is to be in the account's own namespace of its region, where no other account can take the name.
 * Refuses a name that does not fit the requested namespace. Texts as reported of AWS:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/gpbucketnamespaces.html
 */
export function isInAccountNamespace(
  { Bucket: name, BucketNamespace: namespace = "global" }: Input<"CreateBucket">,
  region: string,
  { account }: RequestContext,
): boolean {
  const [, ofAccount, ofRegion] = SUFFIX.exec(name) ?? [];
  if (namespace === "global") {
    if (ofAccount === undefined) return false;
    throw missingHeader();
  }
  if (ofAccount === undefined) throw missingSuffix(name, account, region);
  if (ofAccount !== account)
    throw otherNamespace(name, "AWS Account ID", ofAccount, "caller's AWS Account ID", account);
  if (ofRegion !== region) throw otherNamespace(name, "region", ofRegion!, "current region", region);
  return true;
}

function missingHeader(): AwsError {
  const message = `The requested bucket is an account-regional namespace bucket, but your request is missing the required ${HEADER} header.`;
  return new AwsError("MissingNamespaceHeader", message, { members: { Header: HEADER } });
}

function missingSuffix(name: string, account: string, region: string): AwsError {
  const message = `The requested bucket name did not include the account-regional namespace suffix, but the provided ${HEADER} header value is account-regional. Specify -${account}-${region}-an as the bucket name suffix to create a bucket in your account-regional namespace, or remove the header.`;
  return new AwsError("InvalidNamespaceHeader", message, { members: { BucketName: name } });
}

function otherNamespace(name: string, what: string, given: string, whose: string, expected: string): AwsError {
  const message = `The requested bucket is an account-regional namespace bucket, but the requested ${what} '${given}' does not match the ${whose} '${expected}'.`;
  return new AwsError("InvalidBucketNamespace", message, { members: { BucketNamespace: name } });
}
