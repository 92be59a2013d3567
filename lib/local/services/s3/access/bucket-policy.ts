import { AwsError } from "../../../aws-error.ts";
import { requireBucket, type Input, type Output, type S3 } from "../context.ts";
import { accessDenied } from "../errors.ts";

/** A statement of a bucket policy, as far as S3 looks into it here. */
export interface PolicyStatement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

/** Condition keys that narrow a public principal to a fixed set of callers (S3 user guide, "The meaning of public"). */
const NARROWING =
  /"(aws:(SourceArn|SourceVpc|SourceVpce|SourceAccount|SourceIp|SourceOwner|userId|PrincipalOrgID|PrincipalAccount|PrincipalArn)|s3:DataAccessPointArn|s3:x-amz-server-side-encryption-aws-kms-key-id)"/i;

/** Sets a bucket's policy: JSON of at most 20 KB. `MalformedPolicy` where it cannot be read. */
export function putBucketPolicy(s3: S3, input: Input<"PutBucketPolicy">): object {
  const bucket = requireBucket(s3, input.Bucket);
  const text = input.Policy ?? "";
  const statements = readStatements(text);
  for (const statement of statements) validateStatement(statement, bucket.name);
  if (s3.settings.get(bucket.name, "publicAccessBlock")?.BlockPublicPolicy && statements.some(isPublic)) {
    throw accessDenied();
  }
  s3.settings.put(bucket.name, "policy", text);
  return {};
}

/** Returns a bucket's policy. `NoSuchBucketPolicy` where it has none. */
export function getBucketPolicy(s3: S3, input: Input<"GetBucketPolicy">): Output<"GetBucketPolicy"> {
  return { Policy: requirePolicy(s3, requireBucket(s3, input.Bucket).name) };
}

/** Whether a bucket's policy allows public access. */
export function getBucketPolicyStatus(s3: S3, input: Input<"GetBucketPolicyStatus">): Output<"GetBucketPolicyStatus"> {
  const text = requirePolicy(s3, requireBucket(s3, input.Bucket).name);
  return { PolicyStatus: { IsPublic: readStatements(text).some(isPublic) } };
}

/** Deletes a bucket's policy. Doing it again is not an error. */
export function deleteBucketPolicy(s3: S3, input: Input<"DeleteBucketPolicy">): object {
  s3.settings.delete(requireBucket(s3, input.Bucket).name, "policy");
  return {};
}

/** The statements of a policy's text, or S3's refusal of it. */
export function readStatements(text: string): PolicyStatement[] {
  const document = parse(text);
  const statement = document["Statement"];
  if (statement === undefined) throw malformedPolicy("Missing required field Statement");
  return [statement].flat() as PolicyStatement[];
}

/** Whether a statement lets everybody in: an allowance for `*` that no condition narrows down. */
export function isPublic(statement: PolicyStatement): boolean {
  if (statement.Effect !== "Allow" || !isForEverybody(statement)) return false;
  return !NARROWING.test(JSON.stringify(statement.Condition ?? {}));
}

function isForEverybody({ Principal: principal }: PolicyStatement): boolean {
  if (principal === "*") return true;
  const accounts = (principal as { AWS?: unknown } | undefined)?.AWS;
  return [accounts].flat().includes("*");
}

function parse(text: string): Record<string, unknown> {
  try {
    if (text.trimStart().startsWith("{")) return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Reported below, as for a text that does not even look like JSON.
  }
  throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
}

function validateStatement(statement: PolicyStatement, bucket: string): void {
  if (statement.Effect === undefined) throw malformedPolicy("Missing required field Effect");
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") {
    throw malformedPolicy(`Invalid effect: ${JSON.stringify(statement.Effect)}`);
  }
  if ((statement.Principal ?? statement.NotPrincipal) === undefined) {
    throw malformedPolicy("Missing required field Principal");
  }
  const actions = [statement.Action ?? statement.NotAction].flat();
  if (actions[0] === undefined) throw malformedPolicy("Missing required field Action");
  if (!actions.every((action) => action === "*" || /^s3(-object-lambda)?:[\w*?]+$/i.test(String(action)))) {
    throw malformedPolicy("Policy has invalid action");
  }
  const resources = [statement.Resource ?? statement.NotResource].flat();
  if (resources[0] === undefined) throw malformedPolicy("Missing required field Resource");
  const own = new RegExp(`^arn:aws[\\w-]*:s3:::(${bucket.replaceAll(".", "\\.")}|\\*)(/.*)?$`, "s");
  if (!resources.every((resource) => own.test(String(resource)))) throw malformedPolicy("Policy has invalid resource");
}

function requirePolicy(s3: S3, bucket: string): string {
  const policy = s3.settings.get(bucket, "policy");
  if (policy !== undefined) return policy;
  throw new AwsError("NoSuchBucketPolicy", "The bucket policy does not exist", {
    statusCode: 404,
    members: { BucketName: bucket },
  });
}

function malformedPolicy(message: string): AwsError {
  return new AwsError("MalformedPolicy", message);
}
